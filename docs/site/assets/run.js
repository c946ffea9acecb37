// The playground of a page, in which the lessons' programs run: a pane for each,
// and what they send each other.
/* global editable, element, modules */
import { compile, Process } from './process.js'
import { programs } from './programs.js'
import { Hub } from './hub.js'
import { button, Wire } from './wire.js'

const most = 500 // lines of a pane; older ones are removed
const mostText = 50000 // characters of a pane
const patience = 2000 // ms that a program may take to listen or to exit
const port5555 = '127.0.0.1:5555' // the lessons' default
const wide = matchMedia('(min-width: 80rem)') // there is room beside the text

let playground

// open runs the commands of a block.
export async function open (block) {
  playground ??= new Playground()
  await playground.run(block)
}

class Playground {
  panes = []
  editors = new Map() // by program

  constructor () {
    this.list = element('div', { class: 'panes' })
    this.adding = element('p', { class: 'title' })
    this.hub = new Hub((...args) => this.wire.watch(...args), (process) => process.pane.listens())
    this.wire = new Wire(this.hub)
    this.tabs = element('div', { class: 'switch', role: 'group', 'aria-label': 'Show' })
    this.bar = element('progress', { 'aria-label': 'Download', value: 0 })
    this.root = element('aside', { class: 'playground', 'aria-label': 'Playground' },
      element('p', { class: 'title' }, element('strong', {}, 'Playground'), this.tabs,
        button('Stop all', () => this.stop()), button('Close', () => this.close())),
      this.bar, this.list, this.adding, this.wire.root)
    wide.addEventListener('change', () => this.root.isConnected && this.place())
  }

  // place puts the playground next to the text, or below the block that it runs.
  place () {
    const inside = this.root.contains(document.activeElement) && document.activeElement
    if (wide.matches) document.body.append(this.root)
    else if (this.block.nextElementSibling !== this.root) this.block.after(this.root)
    document.documentElement.classList.add('playing')
    if (inside) inside.focus({ preventScroll: true })
  }

  // run runs a block's commands, those that bind first. If the reader does
  // something else meanwhile, such as running another block, the rest is canceled.
  async run (block) {
    const run = this.current = {}
    const isOver = () => this.current !== run
    this.block = block
    this.place()
    await this.load()
    if (isOver()) return
    if (this.panes.every((pane) => !pane.process)) this.wire.clear()
    const { commands, servers, alone } = read(block, this)
    this.lesson = commands[0].lesson
    const added = this.claim(servers)
    const panes = this.claim(commands, added)
    const own = panes.slice(added.length)
    this.draw()
    for (const pane of own) pane.block = block
    const inTheWay = this.panes.filter((pane) => pane.process && (panes.includes(pane)
      ? pane.line !== pane.running
      : pane.binds.some((at) => alone.includes(at) || panes.some((other) => other.binds.includes(at)))))
    await Promise.all(inTheWay.map((pane) => pane.end()))
    this.show(own.at(-1))
    for (const pane of panes.sort((a, b) => b.binds.length - a.binds.length)) {
      if (isOver()) return
      if (!pane.process) await pane.start()
    }
    this.root.scrollIntoView({ block: 'nearest' })
  }

  // load loads the programs once. After a failure it tries again.
  load () {
    this.loading ??= Promise.all([style(), compile((part) => { this.bar.value = part })]).then(
      ([, module]) => {
        this.module = module
        this.bar.remove()
      },
      (error) => {
        this.loading = undefined
        this.close()
        throw error
      })
    return this.loading
  }

  // claim returns the panes that are already claimed, and one for each command: a pane
  // that has the same program and binds to the same endpoints, or a new one.
  claim (commands, claimed = []) {
    claimed = [...claimed]
    for (const command of commands) {
      const same = this.panes.find((pane) => !claimed.includes(pane) && pane.command.name === command.name &&
        String(pane.binds) === String(binds(command)))
      same?.set(command)
      claimed.push(same ?? this.add(command))
    }
    return claimed
  }

  add (command) {
    const names = this.panes.map((pane) => pane.name)
    let name = command.name
    for (let n = 2; names.includes(name); n++) name = `${command.name} ${n}`
    const pane = new Pane(this, command, name)
    const clients = this.panes.findIndex((other) => !other.binds.length)
    if (pane.binds.length && clients >= 0) { // before the clients
      this.panes[clients].root.before(pane.root)
      this.panes.splice(clients, 0, pane)
    } else {
      this.list.append(pane.root)
      this.panes.push(pane)
    }
    return pane
  }

  remove (pane) {
    pane.kill()
    this.panes.splice(this.panes.indexOf(pane), 1)
    pane.root.remove()
    this.draw()
    this.root.querySelector('.title > button').focus()
  }

  get parts () { return [...this.panes, ...this.editors.values(), this.wire] }

  // draw creates the buttons that depend on the panes.
  draw () {
    const names = programs.filter((program) => program.startsWith(this.lesson + '/')).map((program) => program.split('/')[1])
    this.adding.replaceChildren(...names.map((name) => button(`Add ${name}`, () => this.another(name))))
    const shown = this.parts
    this.tabs.replaceChildren(...shown.map((part) => {
      part.tab = button(part.name, () => this.show(part))
      return part.tab
    }))
    this.show(shown.find((part) => part.root.classList.contains('shown')) ?? shown[0])
  }

  // show chooses the part that a small screen has room for.
  show (part) {
    for (const other of this.parts) {
      other.root.classList.toggle('shown', other === part)
      other.tab?.setAttribute('aria-pressed', other === part)
    }
  }

  // another adds a pane with a free endpoint.
  another (name) {
    const used = this.panes.flatMap((pane) => pane.binds)
    let port = 5555
    while (used.includes(`127.0.0.1:${port}`)) port++
    const command = { lesson: this.lesson, name, args: '' }
    if (binds(command).length && port !== 5555) {
      const scheme = this.panes.find((pane) => pane.command.name === name)?.args.value.match(/\w+(?=:\/\/)/)
      command.args = `-bind ${scheme ?? 'tcp'}://127.0.0.1:${port}`
    }
    const pane = this.add(command)
    this.draw()
    this.show(pane)
    pane.args.focus()
  }

  // edit opens an editor for a pane's program. While it is open, what is in it runs:
  // in this pane, and in others where the program is running.
  async edit (pane) {
    const { program } = pane
    if (!this.editors.has(program)) {
      const { Editor } = await modules('edit.js', 'compiler.js', 'toolchain.js')
      if (this.editors.has(program) || !this.root.isConnected) return // a double click, or closed meanwhile
      const editor = new Editor(`lessons/${program}`, { name: `Edit ${pane.command.name}` }, () => {
        this.editors.delete(program)
        this.draw()
        pane.root.querySelector('button').focus()
      })
      this.editors.set(program, editor)
      this.adding.after(editor.root)
      this.draw()
    }
    const editor = this.editors.get(program)
    editor.run = () => {
      let panes = this.panes.filter((other) => other === pane || other.process && other.program === program)
      if (!panes.length) { // the reader has removed it
        panes = [pane] = this.claim([{ ...pane.command, args: pane.args.value }])
        this.draw()
      }
      panes.forEach((other) => other.restart())
    }
    this.show(editor)
    editor.root.scrollIntoView({ block: 'nearest' })
    await editor.open()
  }

  stop () {
    this.current = undefined
    this.wire.resume()
    for (const pane of this.panes) pane.interrupt()
  }

  close () {
    this.current = undefined
    this.wire.resume()
    for (const pane of this.panes) pane.kill()
    for (const editor of this.editors.values()) editor.close()
    this.root.remove()
    document.documentElement.classList.remove('playing')
    this.block?.querySelector('.start').focus({ preventScroll: true })
  }

  // changed is called when a pane's program starts or exits.
  changed () {
    for (const start of document.querySelectorAll('.start')) {
      start.dataset.label ??= start.textContent
      const runs = this.panes.some((pane) => pane.process && pane.block === start.parentElement)
      start.textContent = runs ? 'Running' : start.dataset.label
    }
  }
}

class Pane {
  constructor (playground, command, name) {
    this.playground = playground
    this.name = name
    this.queue = []
    this.status = element('span', { role: 'status' })
    this.output = element('pre', { tabindex: 0, role: 'log', 'aria-label': `Output of ${name}` })
    this.toggle = button('Start', () => this.isBusy ? this.interrupt() : this.start())
    const kill = button('Kill', () => this.kill())
    kill.title = 'Stop it immediately'
    const edit = button('Edit', () => this.edit())
    edit.hidden = !editable
    this.prompt = element('span')
    this.args = element('input', { 'aria-label': `Arguments of ${name}`, spellcheck: 'false', autocapitalize: 'off', placeholder: 'arguments' })
    this.args.addEventListener('keydown', (event) => { if (event.key === 'Enter') this.start() })
    this.root = element('section', { class: 'pane', 'aria-label': name },
      element('p', { class: 'title' }, element('strong', {}, name), this.status, this.toggle, kill, edit,
        button('Remove', () => this.playground.remove(this))),
      element('p', { class: 'command' }, this.prompt, this.args),
      this.output)
    this.set(command)
  }

  set (command) {
    this.command = command
    this.prompt.textContent = `go run ./lessons/${command.lesson}/${command.name} `
    this.args.value = command.args
  }

  get program () { return `${this.command.lesson}/${this.command.name}` }
  get editor () { return this.playground.editors.get(this.program) }
  get line () { return `${this.program} ${this.args.value} ${this.editor?.changed ? JSON.stringify(this.editor.text) : ''}` }
  get binds () { return binds({ ...this.command, args: this.args.value }) }

  say (status) {
    this.status.textContent = status
    this.root.dataset.state = { running: 'running', 'exit status 0': 'done', '': '' }[status] ?? 'failed'
    this.toggle.textContent = this.isBusy ? 'Stop' : 'Start'
    this.toggle.title = this.process ? 'Interrupt it, as Ctrl-C does' : ''
    this.playground.changed()
  }

  // start returns when the program listens, if it is a server, or exits. If its
  // endpoint is not on the page's network, start waits 2 seconds.
  async start () {
    if (this.isBusy) return
    this.output.replaceChildren()
    let args
    try {
      args = words(this.args.value)
    } catch (error) {
      return this.refuse(error.message, 'not started')
    }
    this.running = this.line
    let { module } = this.playground
    let edited
    if (this.editor?.changed) ({ module, edited } = await this.build())
    if (!module) return
    const listening = new Promise((resolve) => { this.listens = resolve })
    this.ended = new Promise((resolve) => {
      const process = this.process = new Process(module, this.program, args, {
        output: (...args) => this.print(...args),
        network: (message) => this.playground.hub.receive(process, message),
        exit: (status, memory) => {
          this.playground.hub.remove(process)
          this.draw()
          this.process = undefined
          this.root.dataset.memory = memory ?? ''
          this.say(status)
          resolve()
        }
      })
      process.pane = this
      process.edited = edited
    })
    this.say('running')
    if (this.binds.length) await Promise.race([listening, this.ended, after(patience)])
  }

  // build returns what the reader has edited, compiled to a module, and its text. If
  // it does not compile, or the reader stops it, there is no module.
  async build () {
    const building = this.building = {}
    this.say('building')
    const edited = this.editor.text
    const built = await this.editor.build().catch(({ message }) => ({ errors: `It cannot be compiled here: ${message}.` }))
    if (this.building !== building) return {}
    this.building = undefined
    if (built.errors) this.refuse(built.errors, 'exit status 1')
    return { ...built, edited }
  }

  refuse (why, status) {
    this.output.append(element('span', { class: 'error' }, why))
    this.say(status)
  }

  async edit () {
    try {
      await this.playground.edit(this)
    } catch ({ message }) {
      this.output.append(element('span', { class: 'error' }, `It cannot be edited here: ${message}.\n`))
    }
  }

  async restart () {
    await this.end()
    await this.start()
  }

  get isBusy () { return Boolean(this.process || this.building) }

  interrupt () { this.cancel() || this.process?.interrupt() }
  kill () { this.cancel() || this.process?.kill() }

  // cancel reports whether there was a build to cancel.
  cancel () {
    const was = this.building
    this.building = undefined
    if (was) this.say('not started')
    return was
  }

  // end interrupts the program, and kills it if that is not enough.
  async end () {
    const { process } = this
    this.interrupt()
    if (!process) return
    await Promise.race([this.ended, after(patience)])
    process.kill()
  }

  // print shows text when the browser draws next, and makes the program wait for
  // that.
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

  // trim keeps only the last lines, as many as a browser shows easily.
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

// read returns a block's commands, the servers that they need to print what the page
// says, and the addresses at which no server may listen meanwhile: the page starts a
// client without a server if it is alone, and has flags but no endpoint.
function read (block, { panes }) {
  const commands = commandsOf(block)
  const bound = (all) => all.flatMap((command) => binds(command))
  const running = panes.filter((pane) => pane.process && pane.line === pane.running).map((pane) => ({ ...pane.command, args: pane.args.value }))
  const alone = []
  const servers = []
  for (const command of commands) {
    const wanted = addresses(command.args, '-connect')
    if (!['client', 'stranger'].includes(command.name)) continue
    if (!wanted.length && command.args.startsWith('-') && commands.length === 1) alone.push(port5555)
    else if (!wanted.length) wanted.push(port5555)
    for (const at of wanted) {
      if (!bound([...commands, ...servers, ...running]).includes(at)) servers.push(serverAt(at, block, command.lesson))
    }
  }
  return { commands, servers, alone }
}

// serverAt returns the server for an address: the last one above the block that binds
// to it, or else the server of the block's lesson.
function serverAt (at, block, lesson) {
  const blocks = [...document.querySelectorAll('.run')]
  const before = blocks.slice(0, blocks.indexOf(block)).reverse().flatMap(commandsOf)
  return before.find((command) => binds(command).includes(at)) ??
    { lesson, name: 'server', args: at === port5555 ? '' : `-bind tcp://${at}` }
}

function commandsOf (block) {
  return [...block.querySelectorAll('[data-command]')].flatMap((code) => {
    const [, lesson, name, args] = code.dataset.command.match(/^go run \.\/lessons\/([^/ ]+)\/(\w+) ?(.*)$/) ?? []
    if (lesson) return { lesson, name, args }
    const [, number] = code.dataset.command.match(/^go run \.\/lessons (?:-wire )?(\d+)$/)
    const played = programs.find((program) => program.startsWith(number)).split('/')[0]
    const names = programs.includes(`${played}/broker`) ? ['broker', 'worker', 'worker', 'client', 'client'] : ['server', 'client']
    return names.map((name) => ({ lesson: played, name, args: '' }))
  })
}

// binds returns the addresses that a command listens on.
function binds ({ name, args }) {
  const given = addresses(args, '-bind')
  return given.length || !['server', 'broker'].includes(name) ? given : [port5555]
}

function addresses (args, flag) {
  return [...args.matchAll(new RegExp(`${flag}[ =]["']?([^"' ]+)`, 'g'))]
    .flatMap(([, endpoints]) => endpoints.split(',').map((endpoint) => endpoint.replace(/^\w+:\/\//, '').replace(/^(\*|localhost):/, '127.0.0.1:')))
}

// words splits a line as a shell does.
export function words (line) {
  const all = []
  let word
  const parts = /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)|([^\s'"\\]+)|(\s+)|(.)/gs
  for (const [, single, double, escaped, plain, space, unfinished] of line.matchAll(parts)) {
    if (unfinished) throw new Error(`something is missing after ${unfinished}`)
    if (!space) word = (word ?? '') + (single ?? double?.replace(/\\(["\\$`])/g, '$1') ?? escaped ?? plain)
    else if (word !== undefined) all.push(word)
    if (space) word = undefined
  }
  return word === undefined ? all : [...all, word]
}

const after = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

let styled
export function style () {
  styled ??= new Promise((resolve, reject) => {
    const link = element('link', { rel: 'stylesheet', href: new URL('run.css', import.meta.url) })
    link.onload = resolve
    link.onerror = () => {
      styled = undefined
      link.remove()
      reject(new Error('run.css did not load'))
    }
    document.head.append(link)
  })
  return styled
}
