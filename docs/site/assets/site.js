// What the pages can do beyond being read: a theme, tabs, copying, search.
// All of it works without a network, and from a disk.
'use strict'

const base = new URL('.', document.currentScript.src) // of scripts
const root = new URL('.', document.querySelector('header .name').href) // of pages

// Whether the site has the compiler. The build replaces this line.
const editable = false

// The reader's choices, kept where the browser allows it.
const choices = {
  get (name) {
    try { return localStorage[name] } catch { return undefined }
  },
  set (name, value) {
    try { localStorage[name] = value } catch { /* a private window */ }
  }
}

// Names that are kept as a list: the pages that were visited, the exercises that
// are solved.
const kept = (list) => (choices.get(list) ?? '').split(' ').filter(Boolean)
const keep = (list, name) => choices.set(list, [...new Set([...kept(list), name])].join(' '))

function element (tag, attributes = {}, ...children) {
  const node = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
  node.append(...children)
  return node
}

function theme () {
  const button = document.querySelector('button.theme')
  const system = matchMedia('(prefers-color-scheme: dark)')
  const dark = () => (document.documentElement.dataset.theme || (system.matches ? 'dark' : 'light')) === 'dark'
  const show = () => { button.textContent = dark() ? 'Light' : 'Dark' }
  button.addEventListener('click', () => {
    document.documentElement.dataset.theme = dark() ? 'light' : 'dark'
    choices.set('theme', document.documentElement.dataset.theme)
    show()
  })
  system.addEventListener('change', show)
  show()
}

// Listings next to each other become tabs. A choice of language applies to all
// of them, and for the next page.
function tabs () {
  const language = (name) => name.split('.').pop()
  const groups = [...document.querySelectorAll('.tabs')].map((box, number) => {
    const figures = [...box.querySelectorAll('figure')]
    const list = element('div', { role: 'tablist', 'aria-label': 'Files' })
    const buttons = figures.map((figure, i) => {
      const panel = element('div', { role: 'tabpanel', id: `panel-${number}-${i}`, 'aria-labelledby': `tab-${number}-${i}` })
      figure.replaceWith(panel)
      panel.append(figure)
      return element('button', { type: 'button', role: 'tab', id: `tab-${number}-${i}`, 'aria-controls': panel.id }, figure.dataset.tab)
    })
    list.append(...buttons)
    box.prepend(list)
    box.classList.add('ready')

    const select = (i) => {
      buttons.forEach((button, k) => {
        button.setAttribute('aria-selected', k === i)
        button.tabIndex = k === i ? 0 : -1
        document.getElementById(`panel-${number}-${k}`).hidden = k !== i
      })
    }
    const choose = (i) => {
      const top = list.getBoundingClientRect().top
      choices.set('language', language(figures[i].dataset.tab))
      for (const group of groups) if (group.box !== box) group.prefer()
      select(i)
      buttons[i].focus()
      scrollBy(0, list.getBoundingClientRect().top - top) // keep the list where it was on the screen
    }
    buttons.forEach((button, i) => button.addEventListener('click', () => choose(i)))
    list.addEventListener('keydown', (event) => {
      const at = buttons.indexOf(document.activeElement)
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: buttons.length - 1 }[event.key]
      if (to === undefined) return
      event.preventDefault()
      choose((to + buttons.length) % buttons.length)
    })
    select(0)
    return {
      box,
      prefer () {
        const same = (i) => language(figures[i].dataset.tab) === choices.get('language')
        const i = figures.findIndex((_, i) => same(i))
        if (i >= 0 && !same(buttons.findIndex((b) => b.tabIndex === 0))) select(i)
      }
    }
  })
  for (const group of groups) group.prefer()
}

// Lessons that the reader has visited get a tick, and cards say how many exercises
// are solved.
function progress () {
  const name = (url) => url.pathname.split('/').pop()
  keep('visited', name(location))
  for (const link of document.querySelectorAll('.lessons > li > a')) link.classList.toggle('visited', kept('visited').includes(name(link)))
  for (const exercises of document.querySelectorAll('.exercises')) {
    const names = exercises.dataset.names.split(' ')
    const solved = names.filter((name) => kept('solved').includes(name)).length
    if (solved) exercises.textContent = `${solved} of ${names.length} exercises done`
  }
}

// The arrow keys lead to the previous and the next page, unless an element has
// the focus, which they may scroll.
function turning () {
  document.addEventListener('keydown', (event) => {
    const way = { ArrowLeft: 'prev', ArrowRight: 'next' }[event.key]
    if (!way || document.activeElement !== document.body || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
    document.querySelector(`.turn [rel="${way}"]`)?.click()
  })
}

// The text of a piece of code, without the numbers of its lines.
function text (code) {
  const copy = code.cloneNode(true)
  for (const number of copy.querySelectorAll('.ln')) number.remove()
  return copy.textContent
}

function copying () {
  if (!navigator.clipboard) return
  for (const code of document.querySelectorAll('pre > code')) {
    if (code.parentElement.classList.contains('text')) continue
    const button = element('button', { type: 'button', class: 'copy' }, 'Copy')
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(text(code))
        button.textContent = 'Copied'
      } catch {
        button.textContent = 'Cannot copy'
      }
      setTimeout(() => { button.textContent = 'Copy' }, 2000)
    })
    code.after(button)
  }
}

// A block of the lessons' programs can run on the page. What that takes is
// loaded when a reader asks for it.
function running () {
  for (const start of document.querySelectorAll('.start')) start.addEventListener('click', () => run(start.parentElement))
}

async function run (block) {
  if (block.nextElementSibling?.matches('.not-here')) block.nextElementSibling.remove()
  try {
    if (location.protocol === 'file:') throw new Error('a page that was opened from a disk cannot start programs')
    if (!self.WebAssembly || !self.Worker || !self.DecompressionStream) throw new Error('this browser has no WebAssembly, no workers or no gzip')
    const { open } = await modules('run.js', 'process.js', 'programs.js', 'hub.js', 'wire.js')
    await open(block)
  } catch (error) {
    await notHere(block, error)
  }
}

// modules imports the first of these scripts, which needs the others.
const loading = {}
function modules (...names) {
  const [first] = names
  loading[first] ??= (async () => {
    // A browser may remember that a module did not load. So fetch each first.
    await Promise.all(names.map(async (name) => {
      const response = await fetch(new URL(name, base))
      if (response.status === 500 && response.headers.get('Content-Type')?.startsWith('text/plain')) throw new Error(await response.text()) // serve says why
      if (!response.ok) throw new Error(`the web server answered ${response.status} for ${name}`)
    }))
    return import(new URL(first, base))
  })()
  loading[first].catch(() => { delete loading[first] })
  return loading[first]
}

// An exercise can be solved below the table that lists it.
function exercises () {
  const links = [...document.querySelectorAll('td > a[href$="/exercise.go.html"]')]
  if (!links.length || !editable) return
  const id = (link) => link.textContent.split('-')[0]
  const count = element('p', { class: 'solved', role: 'status' })
  const show = () => {
    for (const link of links) link.classList.toggle('solved', kept('solved').includes(id(link)))
    count.textContent = `${links.filter((link) => link.matches('.solved')).length} of ${links.length} done`
  }
  for (const link of links) {
    const start = element('button', { type: 'button', class: 'solve' }, `Solve ${id(link)} here`)
    start.addEventListener('click', async () => {
      const table = link.closest('table')
      table.parentElement.querySelector('.not-here')?.remove()
      try {
        const { open } = await modules('exercise.js', 'exercises.js', 'grade.js', 'edit.js', 'compiler.js', 'toolchain.js', 'run.js', 'process.js', 'programs.js', 'hub.js', 'wire.js')
        await open(link.href.match(/lessons\/.*(?=\/exercise\.go)/)[0], table, start, () => {
          keep('solved', id(link))
          show()
        })
      } catch ({ message }) {
        table.after(element('p', { class: 'not-here', role: 'status' }, `It cannot be solved here: ${message}.`))
      }
    })
    link.after(' ', start)
  }
  links[0].closest('table').before(count)
  show()
}

// notHere says why a block does not run, and shows what the tests recorded.
async function notHere (block, { message }) {
  if (block.nextElementSibling?.matches('.not-here')) return
  const text = element('p', {}, `The programs cannot run here: ${message}.`)
  const box = element('div', { class: 'not-here recorded', role: 'status' }, text)
  const below = block.nextElementSibling?.matches('pre.text')
  block.after(box)
  if (below) text.append(' This is what the tests recorded:')
  const lesson = block.dataset.recorded
  if (below || !lesson) return
  try {
    await load('transcripts.js')
    /* global transcripts */
    text.append(' This is what the tests recorded:')
    for (const [program, output] of Object.entries(transcripts[lesson])) {
      box.append(element('figure', {}, element('figcaption', {}, `${lesson}/${program}`), element('pre', { class: 'text' }, output)))
    }
  } catch (error) {
    text.append(` And ${error.message}.`)
  }
}

function load (name) {
  return new Promise((resolve, reject) => {
    const script = element('script', { src: new URL(name, base) })
    script.onload = resolve
    script.onerror = () => {
      script.remove()
      reject(new Error(`${name} did not load`))
    }
    document.head.append(script)
  })
}

// A word, and its parts: recv_pyobj, recv, pyobj.
const words = (text) => text.split(/[^\p{L}\p{N}_]+/u)
const parts = (word) => [...new Set([word, ...word.split('_')])].map((part) => part.toLowerCase())

const common = new Set('a an and are can do does for how i in is it my not of or the there to what when where which why with'.split(' '))

async function openIndex () {
  await Promise.all([load('minisearch.js'), load('search-index.js')])
  /* global MiniSearch, searchEntries */
  const index = new MiniSearch({
    idField: 'url',
    fields: ['title', 'page', 'text', 'words'],
    storeFields: ['title', 'page', 'text'],
    tokenize: words,
    processTerm: parts
  })
  index.addAll(searchEntries)
  // Look for all words except common ones, then for similar words, and then for any of
  // them, because a message that was pasted contains the reader's own address. Two
  // letters that are swapped count as two mistakes.
  const exact = { processTerm: (word) => !common.has(word.toLowerCase()) && word.toLowerCase(), prefix: (word) => word.length > 2, boost: { title: 3, words: 6 }, combineWith: 'AND' }
  const like = { ...exact, fuzzy: (word) => word.length > 4 && 0.3 }
  return (query) => {
    for (const options of [exact, like, { ...like, combineWith: 'OR' }]) {
      const found = index.search(query, options)
      if (found.length) return found.slice(0, 12)
    }
    return []
  }
}

// A piece of text around the first of the terms, with all of them marked.
function snippet (text, terms) {
  // Terms are made of letters, digits and _, so nothing in them is special.
  const pattern = new RegExp(`(${terms.filter((term) => term.length > 1).join('|') || '(?!)'})`, 'i')
  const at = Math.max(text.search(pattern), 0)
  const start = at < 60 ? 0 : text.indexOf(' ', at - 60) + 1
  const piece = (start ? '… ' : '') + text.slice(start, start + 160) + (text.length > start + 160 ? ' …' : '')
  return piece.split(pattern).map((part, i) => i % 2 ? element('mark', {}, part) : part)
}

function searching () {
  const button = document.querySelector('button.search')
  const input = element('input', {
    type: 'search', role: 'combobox', 'aria-label': 'Search', 'aria-controls': 'results', 'aria-expanded': 'false',
    'aria-autocomplete': 'list', placeholder: 'A command, a word, or an error message', autocomplete: 'off', spellcheck: 'false'
  })
  const list = element('div', { role: 'listbox', id: 'results', 'aria-label': 'Results' })
  const status = element('p', { role: 'status' })
  const dialog = element('dialog', { 'aria-label': 'Search' }, input, list, status)
  document.body.append(dialog)
  let find
  let at = 0

  const select = (i) => {
    const options = list.children
    at = options.length ? (i + options.length) % options.length : 0
    for (const [k, option] of [...options].entries()) option.setAttribute('aria-selected', k === at)
    input.setAttribute('aria-activedescendant', options.length ? options[at].id : '')
    options[at]?.scrollIntoView({ block: 'nearest' })
  }
  const show = (problem) => {
    const query = input.value.trim()
    const found = query && find ? find(query) : []
    list.replaceChildren(...found.map((result, i) => element('a', { role: 'option', id: `result-${i}`, tabindex: -1, href: new URL(result.id, root) },
      ...snippet(result.title, result.terms), ' ',
      element('small', {}, result.page === result.title ? '' : result.page),
      element('div', {}, ...snippet(result.text, result.terms)))))
    list.hidden = !found.length
    input.setAttribute('aria-expanded', found.length > 0)
    status.textContent = problem ?? (!query
      ? 'Arrow keys choose, Enter opens, Esc closes.'
      : !find ? 'Loading …' : found.length ? `${found.length} found` : 'Nothing found')
    select(0)
  }
  let problem
  const open = async () => {
    if (!dialog.open) dialog.showModal()
    input.select()
    problem = undefined
    show()
    try {
      find ??= await openIndex()
    } catch (error) {
      problem = `The search does not work: ${error.message}. Close it and try again.`
    }
    show(problem)
  }

  button.addEventListener('click', open)
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || event.composedPath()[0].matches('input, textarea, [contenteditable]')) return
    event.preventDefault()
    open()
  })
  input.addEventListener('input', () => show(problem))
  input.addEventListener('keydown', (event) => {
    if (event.key === 'ArrowDown') select(at + 1)
    else if (event.key === 'ArrowUp') select(at - 1)
    else if (event.key === 'Enter' && list.children.length) list.children[at].click()
    else if (event.key === 'Escape') dialog.close()
    else return
    event.preventDefault()
  })
  dialog.addEventListener('click', (event) => { if (event.target === dialog || event.target.closest('a')) dialog.close() })
  const asked = new URLSearchParams(location.search).get('q')
  if (asked !== null) {
    input.value = asked
    open()
  }
}

theme()
progress()
turning()
tabs()
copying()
running()
exercises()
searching()
