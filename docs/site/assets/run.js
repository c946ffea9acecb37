// A panel under a block of commands, in which the lessons' programs run: a pane
// for each, and what they send each other.
/* global element */
import { compile, Process } from './process.js'
import { cannot, programs } from './programs.js'
import { Hub } from './hub.js'
import { button, Wire } from './wire.js'

const most = 500 // lines of a pane; older ones go
const mostText = 50000 // characters of a pane
let styled
let current // the panel that was run last: one runs at a time

const pyzmq = 'Python and libzmq do not run in a page. On your computer they do, and the bytes are the same.'

// open shows the panel of a block, and runs its commands.
export async function open (block) {
  if (!block.panel) {
    const panel = new Panel(block)
    block.after(panel.root)
    try {
      await panel.load()
    } catch (error) {
      panel.root.remove()
      throw error
    }
    block.panel = panel
  }
  await block.panel.run()
}

class Panel {
  constructor (block) {
    this.panes = []
    this.bar = element('progress', { 'aria-label': 'Download', value: 0 })
    this.root = element('section', { class: 'panel', 'aria-label': 'The programs' }, this.bar)
    this.commands = complete([...block.querySelectorAll('[data-command]')].map((code) => parse(code.dataset.command)))
    this.lesson = this.commands.find((c) => c.lesson).lesson
  }

  async load () {
    await style()
    this.list = element('div', { class: 'panes' })
    if (this.commands.every((command) => command.cannot)) {
      this.bar.replaceWith(this.list)
      for (const command of this.commands) this.add(command)
      return
    }
    this.module = await compile((part) => { this.bar.value = part })
    this.bar.remove()
    this.hub = new Hub((...args) => this.wire.watch(...args), (process) => process.pane.ready())
    this.wire = new Wire(this.lesson, (process) => process.pane.name, this.hub)
    for (const command of this.commands) this.add(command)
    const another = (name) => button(`Another ${name}`, () => this.add({ lesson: this.lesson, name, args: '' }).args.focus())
    this.root.append(this.list,
      element('p', { class: 'title' }, another('server'), another('client'), button('Stop all', () => this.stop())),
      this.wire.root)
  }

  add (command) {
    const same = this.panes.filter((pane) => pane.command.name === command.name).length
    const pane = new Pane(this, command, same ? `${command.name} ${same + 1}` : command.name)
    this.panes.push(pane)
    this.list.append(pane.root)
    return pane
  }

  // run starts what does not run, servers first.
  async run () {
    if (current !== this) current?.stop()
    current = this
    const idle = this.panes.filter((pane) => !pane.process)
    if (idle.length === this.panes.length) this.wire?.clear()
    for (const pane of idle) pane.clear()
    for (const pane of idle.sort((a, b) => (b.command.name === 'server') - (a.command.name === 'server'))) await pane.start()
  }

  stop () { for (const pane of this.panes) pane.process?.interrupt() }
}

class Pane {
  constructor (panel, command, name) {
    this.panel = panel
    this.command = command
    this.name = name
    this.status = element('span', { role: 'status' })
    this.output = element('pre', { tabindex: 0, role: 'log', 'aria-label': `Output of ${name}` })
    this.root = element('section', { class: 'pane', 'aria-label': name })
    this.queue = []
    if (command.cannot) {
      this.output.textContent = command.cannot
      this.root.append(element('p', { class: 'title' }, element('strong', {}, name)), element('p', { class: 'command' }, command.line), this.output)
      return
    }
    this.startButton = button('Run', () => this.start())
    this.stopButton = button('Stop', () => this.process?.interrupt())
    this.stopButton.title = 'Ctrl-C: an interrupt'
    this.killButton = button('Kill', () => this.process?.kill())
    this.killButton.title = 'End it where it is'
    this.args = element('input', { 'aria-label': `Arguments of ${name}`, value: command.args, spellcheck: 'false', autocapitalize: 'off', placeholder: 'arguments' })
    this.args.addEventListener('keydown', (event) => { if (event.key === 'Enter') this.start() })
    this.root.append(
      element('p', { class: 'title' }, element('strong', {}, name), this.status, this.startButton, this.stopButton, this.killButton),
      element('p', { class: 'command' }, `go run ./lessons/${command.lesson}/${command.name} `, this.args),
      this.output)
    this.running(false)
  }

  clear () {
    if (this.command.cannot) return
    this.output.replaceChildren()
    this.status.textContent = ''
  }

  running (is) {
    this.startButton.disabled = is
    this.stopButton.disabled = this.killButton.disabled = !is
    if (is) this.status.textContent = 'running'
  }

  // start returns when a server listens, or the program has ended.
  async start () {
    if (this.command.cannot || this.process) return
    this.clear()
    this.running(true)
    const { lesson, name } = this.command
    const ready = new Promise((resolve) => { this.ready = resolve })
    const process = new Process(this.panel.module, `${lesson}/${name}`, words(this.args.value), {
      output: (...args) => this.print(...args),
      network: (message) => this.panel.hub.receive(process, message),
      exit: (status, memory) => {
        this.panel.hub.remove(process)
        this.draw()
        this.process = undefined
        this.status.textContent = status
        this.root.dataset.memory = memory ?? ''
        this.running(false)
        this.ready()
      }
    })
    process.pane = this
    this.process = process
    if (name === 'server') await ready
  }

  // print shows text when the browser draws next, and has the program wait for that.
  print (text, stream, shown) {
    if (this.queue.push({ text, stream, shown }) === 1) requestAnimationFrame(() => this.draw())
  }

  draw () {
    for (const { text, stream, shown } of this.queue.splice(0)) {
      this.output.append(element('span', stream === 2 ? { class: 'error' } : {}, text))
      shown()
    }
    this.trim()
    this.output.scrollTop = this.output.scrollHeight
  }

  // trim leaves the last lines, and no more than a browser shows with ease.
  trim () {
    let [lines, size] = [0, 0]
    for (let node = this.output.lastChild; node; node = node.previousSibling) {
      const text = node.textContent
      lines += text.split('\n').length - 1
      size += text.length
      if (lines <= most && size <= mostText) continue
      while (node.previousSibling) node.previousSibling.remove()
      node.textContent = text.slice(Math.max(size - mostText, 0)).split('\n').slice(Math.max(lines - most, 0)).join('\n')
      return
    }
  }
}

// parse reads a command of a page.
function parse (line) {
  const [, lesson, name, args] = line.match(/^go run \.\/lessons\/([^/ ]+)\/(\w+) ?(.*)$/) ?? []
  if (lesson) return { line, lesson, name, args, cannot: cannot[lesson] }
  const [, tour] = line.match(/^go run \.\/lessons (?:-wire )?(\d+)$/) ?? []
  if (tour) {
    const [lesson] = [...programs, ...Object.keys(cannot)].find((program) => program.startsWith(tour)).split('/')
    return { line, lesson, name: 'server', args: '', cannot: cannot[lesson] }
  }
  return { line, name: line.split('/').pop(), cannot: pyzmq }
}

// complete adds the programs without which a block's commands show nothing:
// to one alone the other half of its lesson, unless it has arguments, and to a
// client that is told of a server that server.
function complete (commands) {
  const [{ lesson, args, cannot }] = commands
  if (cannot) return commands
  if (commands.length === 1 && !args) {
    return ['server', 'client'].map((name) => ({ lesson, name, args: '' }))
  }
  const all = [...commands]
  const endpoints = (flag) => all.flatMap((c) => [...c.args?.matchAll(new RegExp(`${flag} (\\S+)`, 'g')) ?? []].flatMap((m) => m[1].split(',')))
  const bound = endpoints('-bind')
  for (const endpoint of endpoints('-connect')) {
    if (!bound.includes(endpoint)) all.unshift({ lesson, name: 'server', args: endpoint === 'tcp://127.0.0.1:5555' ? '' : `-bind ${endpoint}` })
  }
  return all
}

// words cuts a line as a shell does.
const words = (line) => [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((m) => m[1] ?? m[2] ?? m[3])

function style () {
  styled ??= new Promise((resolve, reject) => {
    const link = element('link', { rel: 'stylesheet', href: new URL('run.css', import.meta.url) })
    link.onload = resolve
    link.onerror = () => reject(new Error('run.css is missing'))
    document.head.append(link)
  })
  return styled
}
