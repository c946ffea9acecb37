// A worker with Go's compiler, linker and gofmt. compiler.js sends it { id, op, … },
// and receives { id, … } or { id, failed }, and during a download { came }, how many
// further bytes have arrived.
/* global Go */
import info from './toolchain.js'
import * as files from './memfs.js'
import './wasm_exec.js'
import { ZSTDDecoder } from './zstddec.js'

const zstd = new ZSTDDecoder()
let root // of the site
let tools // a WebAssembly module
const coming = new Map() // groups of packages, downloaded or being downloaded
const importable = []
const linkable = []

let before = Promise.resolve() // one message at a time
self.onmessage = ({ data: { id, op, ...message } }) => {
  before = before.then(() => ops[op](message)).then(
    (result) => postMessage({ id, ...result }),
    (error) => postMessage({ id, failed: error.message }))
}

const ops = {
  // load downloads what the lessons' programs need, and then, in the background, the
  // rest, so that it is there if the network fails.
  async load (message) {
    root = message.root
    await zstd.init()
    const wasm = download(info.tools)
    await add('lessons')
    tools = await WebAssembly.compile(await wasm)
    for (const { name } of info.groups) fetchGroup(name).catch(() => {}) // downloaded again when it is needed
  },

  // build compiles a folder's files and links them, unless check is set. With a main
  // program, the folder is the package exercise, which that program imports.
  async build ({ folder, sources, group, check, main }) {
    if (group) await add(group)
    let compiled = await compile(folder, sources, main ? 'exercise' : 'main')
    if (compiled.code || check) return compiled
    if (main) compiled = await compile('main', { 'main.go': main }, 'main')
    if (compiled.code) return compiled
    const linked = await run('link', '/tmp', '-o', '/tmp/out.wasm', '-importcfg', '/importcfg.link', '-s', '-w',
      `-X=runtime.godebugDefault=${info.godebug}`, '-buildmode=exe', '/tmp/main.a')
    return linked.code ? linked : { ...linked, module: await WebAssembly.compile(files.read('/tmp/out.wasm')) }
  },

  async format ({ text }) {
    files.write('/tmp/format.go', bytes(text))
    return run('gofmt', '/tmp', '/tmp/format.go')
  }
}

// compile does what go build does for a package. If the files import a package of a
// group that was not needed before, it downloads the group and compiles again.
async function compile (folder, sources, name) {
  const dir = `/src/${folder}`
  files.remove(dir)
  for (const [name, text] of Object.entries(sources)) files.write(`${dir}/${name}`, bytes(text))
  const compiled = await run('compile', dir, '-o', `/tmp/${name}.a`, '-trimpath', `${dir}=>zeromq-lessons/${folder}`, '-p', name,
    `-lang=${info.language}`, '-goversion', info.version, '-complete', '-dwarf=false', '-l', '-nolocalimports', '-pack',
    '-importcfg', '/importcfg', ...Object.keys(sources).sort().map((name) => `${dir}/${name}`))
  const missing = [...compiled.output.matchAll(/could not import (\S+) /g)].map(([, name]) => name)
  const further = info.groups.find((group) => !importable.includes(group.importable[0]) && missing.some((name) => group.importable.includes(name)))
  if (!further) return compiled
  await add(further.name)
  return compile(folder, sources, name)
}

// run runs a tool, and returns what it prints and its exit status.
async function run (tool, folder, ...args) {
  const go = new Go()
  const decoder = new TextDecoder()
  let [output, code] = ['', 0]
  go.argv = [tool, ...args]
  go.env = { PWD: folder, TMPDIR: '/tmp' }
  go.exit = (status) => { code = status }
  files.enter(folder, (part) => { output += decoder.decode(part, { stream: true }) })
  await go.run(await WebAssembly.instantiate(tools, go.importObject))
  return { output, code }
}

// add gives the tools a group of packages, and the groups before it.
async function add (name) {
  for (const group of info.groups) {
    if (!group.added) {
      const whole = await fetchGroup(group.name)
      let at = 0
      for (let i = 0; i < group.members.length; i += 2) {
        files.write(`/pkg/${group.members[i]}.a`, whole.subarray(at, at += group.members[i + 1]))
        linkable.push(group.members[i])
      }
      importable.push(...group.importable, ...group.further)
      group.added = true
    }
    if (group.name === name) break
  }
  const lines = (names) => bytes(names.filter((name) => name !== 'unsafe').map((name) => `packagefile ${name}=/pkg/${name}.a\n`).join('') + 'packagefile exercise=/tmp/exercise.a\n')
  files.write('/importcfg', lines(importable))
  files.write('/importcfg.link', lines(linkable))
}

function fetchGroup (name) {
  if (!coming.has(name)) {
    const group = download(info.groups.find((group) => group.name === name))
    coming.set(name, group)
    group.catch(() => coming.delete(name))
  }
  return coming.get(name)
}

// download returns a file, unpacked. It is packed with zstd or gzip, unless the web
// server announced gzip, in which case the browser has already unpacked it.
async function download ({ file }) {
  const response = await fetch(new URL(file, root))
  if (!response.ok) throw new Error(`the web server answered ${response.status} for ${file}`)
  const parts = []
  for (const reader = response.body.getReader(); ;) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    postMessage({ came: value.length })
  }
  const packed = new Blob(parts)
  const data = new Uint8Array(await packed.arrayBuffer())
  if (data[0] === 0x28 && data[1] === 0xb5) return zstd.decode(data)
  if (data[0] !== 0x1f) return data
  return new Uint8Array(await new Response(packed.stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer())
}

function bytes (text) { return new TextEncoder().encode(text) }
