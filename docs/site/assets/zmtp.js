// Decodes what one end of a connection sends: ZMTP 3, https://rfc.zeromq.org/spec/23/.
// internal/wire has the same decoder in Go, and its rules in words.

const kept = 255 // bytes of a body; of the rest only the number counts
const envelopes = ['REQ', 'REP', 'DEALER', 'ROUTER']

export const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ')

// A Decoder calls emit with each thing that has been sent:
//
//	kind     greeting, command, frame or error
//	name     of a command; of a frame, delimiter if it is one
//	flags    of a frame or command: MORE, LONG
//	size     of its body, in bytes
//	parts    its pieces: [name, bytes, what they mean]
//	text     what it says
//	hex      the first bytes of its body, where the text may not be all
//	source   what push was told with its first byte
export class Decoder {
  constructor (emit) {
    this.emit = emit
    this.steps = this.parse()
    this.got = []
    this.go()
  }

  push (bytes, source) {
    while (bytes.length && this.left) {
      this.source ??= source
      const part = bytes.subarray(0, this.left)
      this.got.push(...part.subarray(0, kept - this.got.length))
      this.done += part.length
      this.left -= part.length
      bytes = bytes.subarray(part.length)
      if (!this.left) this.go()
    }
  }

  // go gives parse the bytes that it has asked for, or as many as are kept.
  go () {
    do {
      this.left = this.steps.next(Uint8Array.from(this.got)).value
      this.got = []
    } while (this.left === 0)
  }

  // close says that nothing more comes.
  close () {
    if (this.left === undefined) return
    if (this.done || !this.between) this.fail(`the stream ends after ${this.done} of ${this.total} bytes of ${this.part}`)
    else if (this.more) this.fail('the stream ends in the middle of a message')
    this.left = undefined
  }

  begin (part, total, between) {
    Object.assign(this, { part, total, between, done: 0 })
    if (between) this.source = undefined
  }

  fail (text) { this.emit({ kind: 'error', text }) }

  // parse asks for a number of bytes with yield.
  * parse () {
    this.begin('the greeting', 64, true)
    const signature = yield 10
    if (signature[0] !== 0xff || signature[9] !== 0x7f) return this.fail(`this is not ZMTP: it begins with ${quote(signature)} ${hex(signature)}`)
    const version = yield 1
    if (version[0] < 3) return this.fail(`the greeting's version is ${version[0]}, older than 3`)
    const rest = yield 53
    const number = `${version[0]}.${rest[0]}`
    const mechanism = rest.subarray(1, 21)
    const name = mechanism.subarray(0, mechanism.findLastIndex((b) => b) + 1)
    this.mechanism = label(name)
    const server = rest[21] === 1
    this.emit({
      kind: 'greeting',
      text: `ZMTP ${number}, ${this.mechanism}${server ? ', as server' : ''}`,
      source: this.source,
      parts: [
        ['signature', signature, 'this is ZMTP'],
        ['version', Uint8Array.of(version[0], rest[0]), number],
        ['mechanism', mechanism, this.mechanism + (this.mechanism === 'NULL' ? ': not encrypted' : '')],
        ['as-server', rest.subarray(21, 22), server ? 'yes' : 'no'],
        ['filler', rest.subarray(22), 'zeros, so that all is 64 bytes']
      ]
    })
    for (;;) {
      this.begin("a frame's header", 1, true)
      const [flags] = yield 1
      if (flags > 6 || flags === 5) return this.fail(`the flags 0x${hex([flags])} are not ones of ZMTP 3`)
      const command = Boolean(flags & 4)
      this.total = flags & 2 ? 9 : 2
      const length = yield this.total - 1
      const size = length.length === 1 ? length[0] : Number(new DataView(length.buffer).getBigUint64(0))
      if (size >= 2 ** 53) return this.fail(`a length of 2^53 bytes or more: ${hex(length)}`)
      this.begin(command ? 'a command' : 'a frame', size)
      const body = yield size
      const item = {
        kind: command ? 'command' : 'frame',
        name: 'frame',
        flags: ['MORE', 'LONG'].filter((_, bit) => flags & 1 << bit),
        size,
        source: this.source,
        text: '',
        hex: ''
      }
      const wrong = command ? this.command(item, body) : this.frame(item, body)
      if (wrong) return this.fail(wrong)
      item.parts = [
        ['flags', [flags], [...item.flags, ...command ? ['COMMAND'] : []].join(' ') || 'none: short, the last of its message'],
        ['length', length, bytes(size)],
        ...item.parts ?? [['body', body, item.text]]
      ]
      this.emit(item)
    }
  }

  frame (item, body) {
    if (item.size) Object.assign(item, data(body, item.size))
    this.more = item.flags.includes('MORE')
    if (!item.size && this.envelope && this.more && !this.delimited) {
      this.delimited = true
      item.name = 'delimiter'
      item.text = 'the delimiter'
    }
    if (!this.more) this.delimited = false
  }

  // command returns what is wrong with a command, if something is.
  command (item, body) {
    if (!item.size || !body[0] || body[0] >= item.size) return 'a command whose name is empty or cut off'
    const end = 1 + body[0]
    const name = item.name = label(body.subarray(1, end))
    const rest = body.subarray(end)
    const whole = item.size <= kept
    const parts = (what) => { item.parts = [['name', body.subarray(0, end), `its length, ${name}`], ...rest.length ? [[what, rest, item.text]] : []] }
    if (name === 'READY' && whole && (this.mechanism === 'NULL' || this.mechanism === 'PLAIN')) {
      if (!this.ready(item, rest)) return 'a READY whose properties are cut off'
      parts('properties')
      return
    }
    if (name === 'PING' && whole) {
      if (rest.length < 2) return 'a PING whose time to live is cut off'
      const ttl = rest[0] << 8 | rest[1]
      item.text = `ttl ${Math.floor(ttl / 10)}.${ttl % 10} s, context ${quote(rest.subarray(2))}`
    } else if (name === 'PONG' && whole) {
      item.text = 'context ' + quote(rest)
    } else if (name === 'ERROR' && whole) {
      if (!rest.length || rest[0] > rest.length - 1) return 'an ERROR whose reason is cut off'
      item.text = 'reason ' + quote(rest.subarray(1, 1 + rest[0]))
    } else if (end < item.size) {
      Object.assign(item, data(rest, item.size - end))
    }
    parts('data')
  }

  ready (item, rest) {
    const all = []
    while (rest.length) {
      const end = 1 + rest[0]
      if (end + 4 > rest.length) return false
      const name = label(rest.subarray(1, end))
      const size = new DataView(rest.buffer, rest.byteOffset).getUint32(end)
      const value = rest.subarray(end + 4, end + 4 + size)
      if (value.length < size) return false
      rest = rest.subarray(end + 4 + size)
      all.push(`${name} ${quote(value)}`)
      if (name.toLowerCase() === 'socket-type') this.envelope = envelopes.includes(label(value))
    }
    item.text = all.join(', ')
    return true
  }
}

// line returns a thing as a line of text.
export function line ({ kind, name, flags, size, text, hex }) {
  const start = kind.padEnd(10)
  if (kind === 'greeting' || kind === 'error') return start + text
  const words = [...kind === 'command' ? [name] : [], ...flags, bytes(size)].join(', ')
  return start + words + (text ? `: ${text}` : '') + (hex ? ` ${hex}` : '')
}

const bytes = (size) => size === 1 ? '1 byte' : `${size} bytes`

// data shows the first of size bytes.
const data = (first, size) => ({ text: quote(first), hex: hex(first.subarray(0, 16)) + (size > 16 ? ' …' : '') })

function quote (bytes) {
  const [shown, behind] = cut(bytes)
  return `"${shown}"${behind}`
}

const label = (bytes) => cut(bytes).join('')

// cut returns the first bytes as text on one line, and a … if there are more.
function cut (bytes) {
  let end = bytes.length
  if (end > 48) for (end = 48; end > 45 && (bytes[end] & 0xc0) === 0x80;) end--
  const first = bytes.subarray(0, end)
  const behind = bytes.length > 48 ? '…' : ''
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(first)
    return [text.replace(/[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, '.'), behind]
  } catch {
    return [[...first].map((b) => b >= 0x20 && b <= 0x7e ? String.fromCharCode(b) : '.').join(''), behind]
  }
}
