// Downloads the lessons' programs, and runs each in its own worker.
/* global root */
import { file, packed, size } from './programs.js'

// compile downloads the programs. Meanwhile it calls progress with the part that has
// arrived, from 0 to 1.
export async function compile (progress) {
  const response = await fetch(new URL(file, root))
  if (!response.ok) throw new Error(`the web server answered ${response.status} for the programs`)
  const reader = response.body.getReader()
  let part = await reader.read()
  // If the web server announced gzip, the browser has already unpacked the file.
  const gzip = part.value?.[0] === 0x1f && part.value[1] === 0x8b
  let came = 0
  const parts = new ReadableStream({
    async pull (controller) {
      if (part.done) return controller.close()
      came += part.value.length
      progress(came / (gzip ? packed : size))
      controller.enqueue(part.value)
      part = await reader.read()
    }
  })
  const wasm = gzip ? parts.pipeThrough(new DecompressionStream('gzip')) : parts
  return WebAssembly.compileStreaming(new Response(wasm, { headers: { 'Content-Type': 'application/wasm' } }))
}

let count = 0

export class Process {
  // on has output(text, stream, shown), network(message) and exit(status, memory).
  constructor (module, program, args, on) {
    this.on = on
    this.number = ++count
    this.worker = new Worker(new URL('worker.js', import.meta.url))
    this.worker.onmessage = ({ data }) => {
      if (!this.worker) return // it arrived while the worker was being stopped
      if (data.op === 'output') on.output(data.text, data.stream, () => this.send({ op: 'shown', size: data.size }))
      else if (data.op === 'exit') this.end(exitStatus(data.code), data.memory)
      else on.network(data)
    }
    this.worker.onerror = (event) => {
      event.preventDefault()
      if (this.worker) on.output((event.message ?? 'worker.js did not load') + '\n', 2, () => {})
      this.end('crashed')
    }
    this.send({ op: 'start', module, program, args })
  }

  send (message, transfer) { this.worker?.postMessage(message, transfer) }

  // interrupt sends Ctrl-C, which the program may ignore.
  interrupt () { this.send({ op: 'interrupt' }) }

  kill () { this.end('signal: killed') }

  end (status, memory) {
    if (!this.worker) return
    this.worker.terminate()
    this.worker = undefined
    this.on.exit(status, memory)
  }
}

// exitStatus returns what go run prints.
const exitStatus = (code) => code === 130 ? 'signal: interrupt' : `exit status ${code}`
