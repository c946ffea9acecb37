// A worker that runs an exercise's test once. It answers
//
//	{ output }         what the test prints, as bytes
//	{}                 every second, to show that it is not stuck
//	{ status, files }  when the test has ended: its exit status, and what it wrote to its folder
/* global Go */
import * as files from './memfs.js'
import './wasm_exec.js'
import { loopback } from './loopback.js'

const answer = self.postMessage.bind(self)
self.postMessage = loopback() // for internal/browser

// A call of the file system takes effect after it has returned, because Go expects that
// where it simulates time. Every hundredth call lets timers run, even if a test prints
// without end.
let calls = 0
for (const [name, call] of Object.entries(globalThis.fs)) {
  if (name === 'constants' || name === 'writeSync') continue
  globalThis.fs[name] = (...args) => (++calls % 100 ? queueMicrotask : setTimeout)(() => call(...args))
}

self.onmessage = async ({ data: { module, args, env, folder, given } }) => {
  for (const [path, bytes] of Object.entries(given)) files.write(path, bytes)
  files.enter(folder, (bytes) => answer({ output: bytes.slice() }))
  setInterval(() => answer({}), 1000)

  const go = new Go()
  let status = 0
  Object.assign(go, { argv: ['exercise.test', ...args], env, exit: (code) => { status = code } })
  self.onerror = () => go.exited // ignores what happens after the test has ended, such as a timer
  await go.run(await WebAssembly.instantiate(module, go.importObject))
  answer({ status, files: files.within(env.EXERCISE_DIR) })
}
