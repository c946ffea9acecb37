// Decodes what one end of a connection sends: ZMTP 3.0, https://rfc.zeromq.org/spec/23/.

const kept = 1024 // bytes of a body; of the rest only the number counts

// A Decoder calls emit with each greeting, command and frame:
//
//	{ kind: 'greeting', bytes, version, mechanism, server }
//	{ kind: 'command', flags, size, bytes, body, name, properties }
//	{ kind: 'frame', flags, size, bytes, body, more, delimiter }
//	{ kind: 'unknown', bytes }, once, and then no more
//
// bytes are those on the wire, as many as are kept. line is what push was told
// with the first of them.
export class Decoder {
  constructor (emit) {
    this.parser = parse(emit)
    this.want(this.parser.next().value)
  }

  want (size) {
    this.left = size
    this.got = []
    this.line = undefined
  }

  push (bytes, line) {
    while (this.left > 0 ? bytes.length : this.left === 0) {
      this.line ??= line
      const part = bytes.subarray(0, this.left)
      this.got.push(...part.subarray(0, kept - this.got.length))
      this.left -= part.length
      bytes = bytes.subarray(part.length)
      if (this.left === 0) this.want(this.parser.next({ bytes: Uint8Array.from(this.got), line: this.line }).value)
    }
  }
}

// parse asks for a number of bytes with yield, and gets them, or as many as are kept.
function * parse (emit) {
  const { bytes: greeting, line } = yield 64
  if (greeting[0] !== 0xff || greeting[9] !== 0x7f) return emit({ kind: 'unknown', bytes: greeting, line })
  emit({
    kind: 'greeting',
    bytes: greeting,
    line,
    version: `${greeting[10]}.${greeting[11]}`,
    mechanism: text(greeting.subarray(12, 32)).replace(/\0+$/, ''),
    server: greeting[32] === 1
  })
  for (let first = true; ;) {
    const { bytes: [flags], line } = yield 1
    const { bytes: length } = yield flags & 2 ? 8 : 1
    const size = length.length === 1 ? length[0] : Number(new DataView(length.buffer).getBigUint64(0))
    const { bytes: body } = yield size
    const item = { flags, size, body, line, bytes: Uint8Array.of(flags, ...length, ...body) }
    if (flags & 4) {
      const end = 1 + body[0]
      emit({ kind: 'command', ...item, name: text(body.subarray(1, end)), properties: properties(body.subarray(end)) })
    } else {
      const more = Boolean(flags & 1)
      emit({ kind: 'frame', ...item, more, delimiter: first && more && size === 0 })
      first = !more
    }
  }
}

function properties (bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const all = []
  try {
    for (let i = 0; i < bytes.length;) {
      const name = text(bytes.subarray(i + 1, i += 1 + bytes[i]))
      const size = view.getUint32(i)
      all.push([name, text(bytes.subarray(i + 4, i += 4 + size))])
    }
  } catch { /* no metadata: another command has something else there */ }
  return all
}

export const text = (bytes) => new TextDecoder().decode(bytes)
