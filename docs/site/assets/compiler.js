// Go's compiler on a page. To use it:
//
//	const { module, errors } = await build('lessons/02-req-rep/client', { 'main.go': '…' })
//
// Either module is the program, which a Process runs, or errors is what go build
// prints, to the byte. The first call downloads the compiler, unless load has done so
// before. An exercise also has a file of the page's own, which imports packages that
// readers cannot import (a group of packages.go), and a main program:
//
//	build(folder, files, { added: { 'zz_page.go': page('upper') }, group: 'grading', main: '…' })
//
// With { check: true }, build only looks for errors.
/* global root */
import info from './toolchain.js'

export const { sources, version } = info

let worker, loading
let last = 0
const asked = new Map() // by id: resolve and reject
let came, progress

// load downloads the compiler, the first time. Meanwhile it calls tell with the number
// of bytes that have arrived, and the total.
export function load (tell = () => {}) {
  progress = tell
  loading ??= start()
  loading.catch(stop) // the reader may try again
  return loading
}

function start () {
  came = 0
  worker = new Worker(new URL('builder.js', import.meta.url), { type: 'module' })
  worker.onerror = (event) => {
    event.preventDefault()
    stop()
  }
  const [packages, lessons] = info.groups
  const size = info.tools.size + packages.size + lessons.size
  worker.onmessage = ({ data: { id, failed, ...result } }) => {
    if (!id) return progress(Math.min(came += result.came, size), size)
    const { resolve, reject } = asked.get(id)
    asked.delete(id)
    failed ? reject(new Error(failed)) : resolve(result)
  }
  return ask({ op: 'load', root: root.href })
}

// stop frees the memory of the compiler, which the next build loads again.
export function stop () {
  worker?.terminate()
  for (const { reject } of asked.values()) reject(new Error('the compiler did not load, or was stopped'))
  asked.clear()
  loading = undefined
}

function ask (message) {
  return new Promise((resolve, reject) => {
    asked.set(++last, { resolve, reject })
    worker.postMessage({ id: last, ...message })
  })
}

// page returns the file that a page adds to each program.
export const page = (name) => `package ${name}

import (
	_ "os/signal" // for Stop

	"zeromq-lessons/internal/browser"
)

func pageLoop() { browser.Loop() }
`

export async function build (folder, files, { added = {}, ...options } = {}) {
  await load(progress)
  const { code, output, module } = await ask({ op: 'build', folder, sources: { ...files, 'zz_page.go': page('main'), ...added }, ...options })
  return code ? { errors: `# zeromq-lessons/${folder}\n` + explain(output, folder) } : { module }
}

// format returns the text formatted by gofmt, or undefined if it does not parse.
export async function format (text) {
  await load(progress)
  const { code, output } = await ask({ op: 'format', text })
  return code ? undefined : output
}

// explain turns what the compiler prints into what go build prints. It also says which
// packages a page does not have.
function explain (output, folder) {
  return output.replaceAll(`/src/${folder}/`, `${folder}/`)
    .replace(/.*zz_page\.go.*\n/, `package zeromq-lessons/${folder} is not a main package\n`)
    .replace(/could not import (\S+) \(.*\)/g, (all, name) => /(^|\/)internal(\/|$)/.test(name)
      ? `use of internal package ${name} not allowed`
      : `package ${name} is not among those that this page can import (see edit.html)`)
}
