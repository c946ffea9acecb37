// The network of the playground's programs: one computer with its ports. Its other end
// is internal/browser.

export class Hub {
  listeners = [] // { process, id, host, port }
  ends = new Map() // the ends of connections, by their processes and numbers
  paused = false
  steps = 0 // how many things may arrive in a pause
  held = [] // what has not arrived, in order
  port = 40000
  number = 0 // of the last accepted connection: these are even

  // watch(connection, from, message) is called for whatever arrives, and returns
  // whether the page shows it. listening(process) is called for a new listener.
  constructor (watch, listening) {
    this.watch = watch
    this.listening = listening
  }

  receive (process, message) {
    const end = this.ends.get(key(process, message.id))
    switch (message.op) {
      case 'listen': return this.listen(process, message)
      case 'dial': return this.dial(process, message)
      case 'read': return end?.peer.process.send({ op: 'read', id: end.peer.id, size: message.size })
      case 'close':
        this.listeners = this.listeners.filter((l) => l.process !== process || l.id !== message.id)
        return this.close(end)
      case 'data':
        if (end) this.deliver(end, message)
    }
  }

  listen (process, { id, address }) {
    const { host, port } = split(address)
    if (port && this.find(host, port)) return process.send({ op: 'refused', id, error: 'taken' })
    const listener = { process, id, host, port: port || ++this.port }
    this.listeners.push(listener)
    process.send({ op: 'opened', id, local: `${any(host) ? '[::]' : host}:${listener.port}` })
    this.listening(process)
  }

  find (host, port) {
    return this.listeners.find((l) => l.port === port && (l.host === host || any(l.host) || any(host)))
  }

  dial (process, { id, address }) {
    const { host, port } = split(address)
    const listener = this.find(host, port)
    if (!listener) return process.send({ op: 'refused', id, error: 'nobody' })
    const here = any(host) ? '127.0.0.1' : host
    const local = `${here}:${++this.port}`
    const remote = `${here}:${port}`
    const client = { process, id }
    const server = { process: listener.process, id: this.number += 2 }
    client.peer = server
    server.peer = client
    client.connection = server.connection = { client: process, server: listener.process }
    for (const end of [client, server]) this.ends.set(key(end.process, end.id), end)
    server.process.send({ op: 'accepted', id: listener.id, connection: server.id, local: remote, remote: local })
    process.send({ op: 'opened', id, local, remote })
  }

  deliver (from, message) {
    const arrive = () => {
      if (!this.ends.has(key(from.peer.process, from.peer.id))) return false
      const { data } = message
      const seen = this.watch(from.connection, from.process, message)
      from.peer.process.send({ op: data ? 'data' : 'closed', id: from.peer.id, data }, data && [data.buffer])
      return seen
    }
    this.held.push(arrive)
    this.flow()
  }

  flow () {
    while (this.held.length && (!this.paused || this.steps)) {
      if (this.held.shift()() && this.steps) this.steps--
    }
  }

  pause (paused) {
    this.paused = paused
    this.steps = 0
    this.flow()
  }

  // step lets one visible item through, now or when it arrives.
  step () {
    this.steps = 1
    this.flow()
  }

  close (end) {
    if (!end || !this.ends.delete(key(end.process, end.id))) return
    this.deliver(end, {})
  }

  // When a process exits, everything that it had open is closed.
  remove (process) {
    this.listeners = this.listeners.filter((l) => l.process !== process)
    for (const end of this.ends.values()) if (end.process === process) this.close(end)
  }
}

const key = (process, id) => `${process.number} ${id}`
const any = (host) => host === '0.0.0.0' || host === '[::]'

function split (address) {
  const at = address.lastIndexOf(':')
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) }
}
