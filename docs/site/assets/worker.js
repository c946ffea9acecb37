// A process: one of the lessons' programs, in its own worker. It reaches its network,
// hub.js, through the messages that internal/browser lists.
/* global Go, fs, importScripts, network */
'use strict'

importScripts('wasm_exec.js')

const room = 64 << 10 // bytes of output that may be on their way to the page
const decoders = { 1: new TextDecoder(), 2: new TextDecoder() }
const waiting = [] // writes that continue when the page has shown more
let ahead = 0

// Go's runtime writes this way, for example after a panic.
fs.writeSync = (stream, bytes) => {
  ahead += bytes.length
  postMessage({ op: 'output', stream, size: bytes.length, text: decoders[stream].decode(bytes, { stream: true }) })
  return bytes.length
}

// Programs write this way, and wait if they print faster than the page shows.
fs.write = (stream, bytes, offset, length, position, done) => {
  fs.writeSync(stream, bytes.subarray(offset, offset + length))
  const go = () => done(null, length)
  if (ahead > room) waiting.push(go)
  else go()
}

self.onmessage = ({ data }) => {
  if (data.op === 'start') start(data).catch((error) => setTimeout(() => { throw error }))
  else if (data.op === 'interrupt') interrupted()
  else if (data.op === 'shown') {
    ahead -= data.size
    if (ahead <= room) waiting.splice(0).forEach((go) => go())
  } else network(data)
}

// interrupted passes Ctrl-C on, or ends a program that has not started yet.
function interrupted () {
  if (self.interrupt) self.interrupt()
  else postMessage({ op: 'exit', code: 130 })
}

async function start ({ module, program, args }) {
  const go = new Go()
  let code = 0
  go.argv = [program.split('/').pop(), ...args]
  go.env = { PROGRAM: program }
  go.exit = (status) => { code = status }
  const instance = await WebAssembly.instantiate(module, go.importObject)
  await go.run(instance)
  postMessage({ op: 'exit', code, memory: instance.exports.mem.buffer.byteLength })
}
