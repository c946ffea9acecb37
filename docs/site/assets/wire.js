// "On the wire": what the programs of the playground send each other, frame by frame.
/* global element */

const most = 300 // rows; older ones are removed

// What opens a connection. It is folded, except in lesson 01, which is about it.
const handshake = ['greeting', 'READY', 'HELLO', 'WELCOME', 'INITIATE']

// What there is to see in a lesson, and in which rows.
const points = {
  '01-context': ['No message yet: a greeting and READY from each side. Dial returns when it has received the server’s.', ['greeting', 'READY']],
  '02-req-rep': ['A message is two frames here: the delimiter, which the sockets add and remove for you, and your bytes.', ['delimiter', 'frame']],
  '03-json': ['The frame is JSON, which any language can read.', ['frame']],
  '04-gob': ['The frame first describes the type, with the names of its fields, in a format that only Go reads.', ['frame']],
  '05-multipart': ['A message is three frames here: delimiter, header, values. MORE says that another frame follows.', ['delimiter', 'frame']],
  '06-no-reply': ['The client keeps its connection as long as it gets replies.', ['connection', 'end']],
  '07-strangers': ['The stranger’s nine bytes are a frame header that announces more bytes than any computer has.', ['error', 'end']]
}

export function button (text, act) {
  const node = element('button', { type: 'button' }, text)
  node.addEventListener('click', act)
  return node
}

export class Wire {
  name = 'Wire'

  // hub is the network, which can pause.
  constructor (hub) {
    this.hub = hub
    this.connections = this.shown = 0
    this.heads = new Map() // the row of each connection
    this.queue = []
    this.about = element('p', { class: 'about' })
    this.label = element('span', { role: 'status' })
    this.rows = element('tbody')
    this.rows.addEventListener('click', (event) => this.choose(event.target.closest('tr')))
    this.rows.addEventListener('keydown', (event) => this.move(event))
    this.pane = element('div', { class: 'frames' }, element('table', {},
      element('caption', { class: 'hidden' }, 'What has arrived, in order'),
      element('thead', {}, element('tr', {}, ...['From, to', 'What', 'Flags', 'Bytes', 'Text'].map((name) => element('th', { scope: 'col' }, name)))),
      this.rows))
    this.detail = element('div', { class: 'detail', role: 'status', hidden: '' })
    this.pause = button('Pause', () => this.hold(!hub.paused))
    this.root = element('section', { class: 'wire', 'aria-label': 'On the wire' },
      element('p', { class: 'title' }, element('strong', {}, 'On the wire'), this.label, this.pause, button('Next frame', () => hub.step())),
      this.about, this.pane, this.detail)
    this.hold(false)
    const recorded = document.querySelector('.recorded-wire')
    if (recorded) this.replay(JSON.parse(recorded.textContent))
  }

  // replay shows the recording of a lesson until a program sends something.
  replay ({ lesson, rows }) {
    this.label.textContent = 'recorded'
    this.explain(lesson)
    for (const row of rows) this.show(between(row.from === 'client', 'client', 'server', { ...row, lesson, number: 1, recorded: true }))
  }

  hold (paused) {
    this.hub.pause(paused)
    this.pause.setAttribute('aria-pressed', paused)
  }

  resume () { this.hold(false) }

  // clear keeps the recording, which only a run replaces.
  clear () {
    this.resume()
    if (this.label.textContent) return
    this.queue = []
    this.connections = 0
    this.heads.clear()
    this.rows.replaceChildren()
    this.detail.hidden = true
  }

  // watch receives what arrived over a connection: data, the events that
  // internal/wire decoded, and the line of the program that sent it. Without data,
  // the connection was closed. watch returns whether it shows anything.
  watch (connection, from, { data, events, line }) {
    const [client, server] = [connection.client.pane.name, connection.server.pane.name]
    const all = data ? JSON.parse(events) ?? [] : []
    const show = (event, by) => this.show(between(by === connection.client, client, server, { ...event, number: connection.number, lesson: from.pane.command.lesson, source: line, edited: from.edited }))
    if (this.label.textContent) {
      this.label.textContent = ''
      this.clear()
    }
    if (!connection.number) {
      connection.number = ++this.connections
      this.explain(connection.client.pane.command.lesson)
      show({ kind: 'connection', text: `number ${connection.number}` }, connection.client)
    }
    for (const event of all) show(event, from)
    if (data) return all.length > 0
    const first = !connection.closed
    if (first) show({ kind: 'end', text: 'closes the connection' }, from)
    connection.closed = true
    return first
  }

  explain (lesson) {
    const [point, kinds] = points[lesson] ?? ['', []]
    this.kinds = kinds
    this.about.textContent = `${point} Choose a row to see its bytes.`.trim()
  }

  // show adds rows when the browser draws next, so that a flood does not slow it
  // down.
  show (event) {
    event.order = ++this.shown
    if (this.queue.push(event) > most) this.queue.shift()
    if (this.queue.length === 1) requestAnimationFrame(() => this.draw())
  }

  draw () {
    const { scrollTop, clientHeight, scrollHeight } = this.pane
    const end = scrollTop > 0 && scrollTop + clientHeight > scrollHeight - 30 // the reader follows
    this.rows.append(...this.queue.splice(0).map((event) => this.row(event)))
    while (this.rows.children.length > most) {
      const first = this.rows.firstChild
      if (first.handshake) this.heads.delete(first.event.number)
      first.remove()
    }
    if (!this.rows.querySelector('[tabindex="0"]')) this.rows.querySelector('button')?.setAttribute('tabindex', 0)
    if (end) this.pane.scrollTop = this.pane.scrollHeight
  }

  row (event) {
    const what = event.name ?? event.kind
    const opens = event.kind === 'connection'
    const open = element('button', { type: 'button', tabindex: -1 }, what)
    const row = element('tr', { class: event.arrow.includes('→') ? 'request' : 'reply' },
      element('td', {}, element('span', { class: 'hidden' }, `${event.from} to ${event.to}`), element('span', { 'aria-hidden': 'true' }, event.arrow)),
      element('td', {}, event.parts || opens ? open : what), element('td', {}, event.flags?.join(' ') ?? ''), element('td', {}, event.parts ? event.size : ''),
      element('td', {}, event.text, element('span', { class: 'hex' }, event.hex ? ` ${event.hex}` : '')))
    row.event = event
    row.classList.toggle('point', this.kinds.includes(what))
    if (opens) {
      this.heads.set(event.number, row)
      row.handshake = []
      this.fold(row, !this.kinds.includes('greeting'))
    } else if (handshake.includes(what)) this.greet(this.heads.get(event.number), row, what)
    return row
  }

  // greet adds a row of the handshake to that of its connection, which names it.
  greet (head, row, what) {
    if (!head) return
    head.lastChild.append(head.handshake.push(row) > 1 ? ', ' : ': ', what)
    row.hidden = head.folded
  }

  // fold hides the handshake of a connection, or shows it.
  fold (head, folded) {
    head.folded = folded
    head.querySelector('button').setAttribute('aria-expanded', !folded)
    for (const row of head.handshake) row.hidden = folded
  }

  move (event) {
    const all = [...this.rows.querySelectorAll('tr:not([hidden]) button')]
    const at = all.indexOf(event.target)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key]
    if (to === undefined || !all[to]) return
    event.preventDefault()
    this.focus(all[to])
    all[to].focus()
  }

  // Only one row can be reached with the Tab key.
  focus (button) {
    this.rows.querySelector('[tabindex="0"]')?.setAttribute('tabindex', -1)
    button.setAttribute('tabindex', 0)
  }

  choose (row) {
    const open = row?.querySelector('button')
    if (!open) return
    const { event } = row
    this.focus(open)
    if (row.handshake) return this.fold(row, !row.folded)
    this.rows.querySelector('[aria-current]')?.removeAttribute('aria-current')
    row.setAttribute('aria-current', 'true')
    this.detail.replaceChildren(
      element('p', {}, element('strong', {}, `${event.from} → ${event.to}: ${event.name ?? event.kind}`)),
      element('table', {}, ...event.parts.map(({ name, hex, meaning }) => element('tr', {},
        element('th', { scope: 'row' }, name), element('td', {}, hex), element('td', {}, meaning)))),
      element('p', {}, ...origin(event)),
      element('p', {}, 'Defined by: ', element('a', { href: event.rfc }, `${event.rule} in RFC ${event.rfc.match(/spec\/(\d+)/)[1]}`)))
    this.detail.hidden = false
    this.detail.scrollIntoView({ block: 'nearest' })
  }
}

// between adds the sender and the receiver to an event.
function between (byClient, client, server, event) {
  return byClient
    ? { ...event, from: client, to: server, arrow: `${client} → ${server}` }
    : { ...event, from: server, to: client, arrow: `${client} ← ${server}` }
}

// origin says which line of the program sent an item. If the page shows the line,
// it is a link.
function origin ({ lesson, source, recorded, edited }) {
  if (recorded) return ['Recorded: run the programs to see which line sends it.']
  if (!source) return ['Sent by a goroutine that zmq4 started, not by a line of this program.']
  const [file, number] = source.split(':')
  if (edited) return ['Sent by ', source, ': ', element('code', {}, edited[file.split('/')[1]].split('\n')[number - 1].trim())]
  const listing = document.querySelector(`[data-file="lessons/${lesson}/${file}"]`)
  const line = listing?.querySelectorAll('.line')[number - 1]
  if (!line) return ['Sent by ', source]
  return ['Sent by ', button(source, () => goTo(listing, line)), ': ', element('code', {}, line.textContent.trim())]
}

function goTo (listing, line) {
  document.querySelector('.line.here')?.classList.remove('here')
  line.classList.add('here')
  const panel = listing.closest('[role="tabpanel"]')
  if (panel?.hidden) document.getElementById(panel.getAttribute('aria-labelledby')).click()
  line.scrollIntoView({ block: 'center' })
}
