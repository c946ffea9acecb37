// The editor of a program in the playground, or of an exercise. What a reader writes
// stays in the browser.
/* global choices, element, root */
import { button } from './wire.js'
import * as compiler from './compiler.js'

const pause = 500 // ms without a key, before the compiler looks for errors
const editors = new Set() // those that are open

export class Editor {
  // The files are in this folder of the repository. closed is called when the reader
  // has closed the editor.
  constructor (folder, { name, files = compiler.sources[folder], run = 'Run' }, closed) {
    editors.add(this)
    this.closed = closed
    this.folder = folder
    this.name = name
    this.files = Object.entries(files).map(([name, original]) => new File(this, name, original))
    this.status = element('span', { role: 'status' })
    this.names = element('span', { class: 'title', role: 'group', 'aria-label': 'Files' }, ...this.files.map((file) => file.tab))
    this.comparing = button('Changes', () => this.compare())
    this.comparing.title = 'F8'
    this.errors = element('pre', { tabindex: 0, role: 'log', 'aria-label': 'Errors' })
    this.root = element('section', { class: 'editor', 'aria-label': this.name },
      element('p', { class: 'title' }, element('strong', {}, this.name), this.status, button(run, () => this.run()),
        button('Format', () => this.format()), this.comparing, button('Reset', () => this.reset()),
        button('Close editor', () => this.close())),
      this.files.length > 1 ? this.names : '', ...this.files.map((file) => file.box), this.errors,
      element('p', { class: 'about' }, `Compiled on this page by ${compiler.version.replace('go', 'Go ')}. Press Ctrl-Enter to ${run.toLowerCase()}, F8 to see what you changed, and Escape and then Tab to leave the editor. `,
        element('a', { href: new URL('edit.html', root) }, 'More about editing')))
  }

  // open shows the files, and gets the compiler, the first time.
  async open () {
    if (this.opened) return this.file?.code.focus()
    this.opened = true
    const buttons = this.root.querySelectorAll('button')
    for (const button of buttons) button.disabled = true
    let code = plain
    try {
      ({ code } = await import('./codemirror.js'))
    } catch { /* this browser cannot load CodeMirror */ }
    if (!this.root.isConnected) return // closed meanwhile
    for (const file of this.files) file.open(code)
    for (const button of buttons) button.disabled = false
    this.edited()
    this.comparing.hidden = code === plain
    this.show(this.files[0])
    this.root.scrollIntoView({ block: 'nearest' })
    const label = element('span')
    const bar = element('progress', { 'aria-label': 'Download of the compiler', value: 0 })
    this.errors.before(bar, label)
    const megabytes = (n) => (n / 1e6).toFixed(1)
    try {
      await compiler.load((came, size) => {
        bar.value = came / size
        label.textContent = `${megabytes(came)} of ${megabytes(size)} MB`
      })
      await this.check()
    } catch (error) {
      this.errors.textContent = `It cannot be compiled here: ${error.message}.`
    }
    bar.remove()
    label.remove()
  }

  // close stops the compiler if no other editor needs it.
  close () {
    this.root.remove()
    clearTimeout(this.later)
    editors.delete(this)
    if (!editors.size) compiler.stop()
    this.closed()
  }

  show (file) {
    this.file = file
    for (const other of this.files) {
      other.box.hidden = other !== file
      other.tab.setAttribute('aria-pressed', other === file)
    }
    this.compare(false)
    file.code.focus()
  }

  // text returns the texts of all files, by name.
  get text () { return Object.fromEntries(this.files.map((file) => [file.name, file.text])) }
  get changed () { return this.files.some((file) => file.text !== file.original.text) }

  edited () {
    this.status.textContent = this.changed ? 'edited' : ''
    clearTimeout(this.later)
    if (this.root.isConnected) this.later = setTimeout(() => this.check().catch(() => {}), pause)
  }

  // check shows what the compiler finds wrong, without running anything.
  async check () {
    const text = JSON.stringify(this.text)
    const { errors } = await this.compile({ check: true })
    if (text === JSON.stringify(this.text)) this.mark(errors)
  }

  compile (options) { return compiler.build(this.folder, this.text, options) }

  // build returns { module } or { errors }. It compiles only if the text has changed
  // since the last build.
  async build () {
    clearTimeout(this.later)
    const text = JSON.stringify(this.text)
    if (this.built?.text !== text) {
      const built = this.built = { text, result: this.compile() }
      built.result.catch(() => { built.text = '' }) // the next build tries again
    }
    const result = await this.built.result
    this.mark(result.errors)
    return result
  }

  mark (errors = '') {
    this.errors.textContent = errors
    for (const file of this.files) {
      const lines = file.text.split('\n')
      file.code.mark([...errors.matchAll(/^\S+\/(\S+):(\d+):(\d+): (.*)$/gm)].filter(([, name]) => name === file.name).map(([, , line, column, message]) =>
        ({ line: Number(line), column: units(lines[line - 1] ?? '', column - 1), message })))
    }
  }

  async format () {
    const text = await compiler.format(this.file.text)
    if (text !== undefined) this.file.code.set(text)
  }

  reset () { this.file.code.set(this.file.original.text) }

  // compare shows or hides what the reader has changed in the file.
  compare (on = this.comparing.getAttribute('aria-pressed') === 'false') {
    this.comparing.setAttribute('aria-pressed', on)
    this.file.code.compare(on ? this.file.original.text : undefined)
  }
}

// A file keeps the reader's version, and the hash of the original that it started from.
class File {
  constructor (editor, name, original) {
    Object.assign(this, { editor, name, original })
    this.key = `edit ${editor.folder}/${name}`
    this.tab = button(name, () => editor.show(this))
    this.code = element('div')
    this.old = element('p', { class: 'about', hidden: '' }, 'The lesson’s file has changed since you edited it. F8 shows the difference, and Reset loads the new file.')
    this.box = element('div', {}, this.old, this.code)
  }

  open (code) {
    const { text, hash } = JSON.parse(choices.get(this.key) || '{}')
    this.hash = hash ?? this.original.hash
    this.old.hidden = this.hash === this.original.hash
    this.code = code(this.code.attachShadow({ mode: 'open' }), text ?? this.original.text, {
      label: `${this.editor.folder}/${this.name}`,
      change: () => this.keep(),
      run: () => this.editor.run(),
      compare: () => this.editor.compare()
    })
  }

  get text () { return this.code.text?.() ?? this.original.text }

  keep () {
    if (this.text === this.original.text) this.hash = this.original.hash
    this.old.hidden = this.hash === this.original.hash
    choices.set(this.key, this.text === this.original.text ? '' : JSON.stringify({ text: this.text, hash: this.hash }))
    this.editor.edited()
  }
}

// units returns how many UTF-16 units the first bytes of a line are: the compiler
// counts bytes of UTF-8, and the editor counts units.
const units = (line, bytes) => new TextDecoder().decode(new TextEncoder().encode(line).subarray(0, bytes)).length

// plain is the editor of a browser that cannot load CodeMirror: a text area.
function plain (root, text, { label, change, run }) {
  const area = element('textarea', { 'aria-label': label, spellcheck: 'false', autocapitalize: 'off', rows: 24 })
  root.host.replaceWith(area)
  area.value = text
  area.addEventListener('input', change)
  area.addEventListener('keydown', (event) => { if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) run() })
  return {
    focus: () => area.focus(),
    text: () => area.value,
    set: (text) => { area.value = text; change() },
    mark () {},
    compare () {}
  }
}
