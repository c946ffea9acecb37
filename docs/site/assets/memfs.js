// Files in memory, for Go programs in a worker: what wasm_exec.js calls
// globalThis.fs, process and path. Import this before it.

const files = new Map() // path -> { data, size }; data may be longer than the file
const folders = new Set(['/', '/tmp'])
const open = new Map() // number -> { path, file, at }
let number = 2
let here = '/'
let output = () => {}

export function write (path, data) { files.set(path, { data, size: data.length }) }

export function read (path) {
  const { data, size } = files.get(path)
  return data.subarray(0, size)
}

// within returns all files in a folder, by their paths.
export function within (folder) {
  const paths = [...files.keys()].filter((path) => path.startsWith(folder + '/'))
  return Object.fromEntries(paths.map((path) => [path, read(path).slice()]))
}

export function remove (folder) {
  for (const path of files.keys()) if (path.startsWith(folder + '/')) files.delete(path)
}

// enter sets a program's folder, and the function that gets the bytes it prints.
export function enter (folder, print) {
  here = folder
  output = print
}

const flags = { O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 64, O_EXCL: 128, O_TRUNC: 512, O_APPEND: 1024, O_DIRECTORY: 65536, O_SYNC: 0 }
const fail = (code) => { throw Object.assign(new Error(code), { code }) }

function absolute (path) {
  const parts = []
  for (const part of (path.startsWith('/') ? path : `${here}/${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part && part !== '.') parts.push(part)
  }
  return '/' + parts.join('/')
}

function names (folder) {
  const prefix = folder === '/' ? '/' : folder + '/'
  const inside = [...files.keys(), ...folders].filter((path) => path.startsWith(prefix) && path !== prefix)
  return [...new Set(inside.map((path) => path.slice(prefix.length).split('/')[0]))].sort()
}

function stat (path) {
  const file = files.get(path)
  const isFolder = !file && (folders.has(path) || names(path).length > 0)
  if (!file && !isFolder) fail('ENOENT')
  return {
    mode: isFolder ? 0o40755 : 0o100644, size: file?.size ?? 0, isDirectory: () => isFolder,
    dev: 0, ino: 0, nlink: 1, uid: 0, gid: 0, rdev: 0, blksize: 4096, blocks: 0, atimeMs: 0, mtimeMs: 0, ctimeMs: 0
  }
}

function resize (file, size) {
  if (size > file.data.length) {
    const data = new Uint8Array(Math.max(size, 2 * file.data.length))
    data.set(file.data.subarray(0, file.size))
    file.data = data
  }
  file.size = size
}

const calls = {
  open (path, how) {
    path = absolute(path)
    let file = files.get(path)
    if (file && how & flags.O_EXCL) fail('EEXIST')
    if (!file && how & flags.O_CREAT || file && how & flags.O_TRUNC) files.set(path, file = { data: new Uint8Array(0), size: 0 })
    if (!file) stat(path) // fails unless it is a folder
    open.set(++number, { path, file, at: how & flags.O_APPEND ? file.size : 0 })
    return number
  },
  close: (fd) => { open.delete(fd) },
  read (fd, buffer, offset, length, position) {
    const opened = open.get(fd) ?? fail('EBADF')
    if (!opened.file) fail('EISDIR')
    const from = position ?? opened.at
    const part = opened.file.data.subarray(from, Math.min(from + length, opened.file.size))
    buffer.set(part, offset)
    if (position === null) opened.at += part.length
    return part.length
  },
  write (fd, buffer, offset, length, position) {
    const bytes = buffer.subarray(offset, offset + length)
    if (fd <= 2) {
      output(bytes)
      return length
    }
    const opened = open.get(fd) ?? fail('EBADF')
    const to = position ?? opened.at
    resize(opened.file, Math.max(opened.file.size, to + length))
    opened.file.data.set(bytes, to)
    if (position === null) opened.at += length
    return length
  },
  stat: (path) => stat(absolute(path)),
  lstat: (path) => stat(absolute(path)),
  fstat: (fd) => stat((open.get(fd) ?? fail('EBADF')).path),
  readdir: (path) => names(absolute(path)),
  mkdir: (path) => { folders.has(absolute(path)) ? fail('EEXIST') : folders.add(absolute(path)) },
  unlink: (path) => { files.delete(absolute(path)) || fail(folders.has(absolute(path)) ? 'EISDIR' : 'ENOENT') },
  rmdir: (path) => { names(absolute(path)).length ? fail('ENOTEMPTY') : folders.delete(absolute(path)) || fail('ENOENT') },
  rename (from, to) {
    files.set(absolute(to), files.get(absolute(from)) ?? fail('ENOENT'))
    files.delete(absolute(from))
  },
  ftruncate: (fd, size) => resize(open.get(fd).file, size),
  fsync: () => {},
  chmod: () => {},
  fchmod: () => {},
  utimes: () => {},
  readlink: () => fail('EINVAL')
}

globalThis.fs = { constants: flags, writeSync: (fd, bytes) => calls.write(fd, bytes, 0, bytes.length, null) }
for (const [name, call] of Object.entries(calls)) {
  globalThis.fs[name] = (...args) => {
    const done = args.pop()
    let result
    try {
      result = call(...args)
    } catch (error) {
      if (!error.code) throw error
      return done(error)
    }
    done(null, result)
  }
}
globalThis.process = {
  pid: 1, ppid: 1, getuid: () => 0, getgid: () => 0, geteuid: () => 0, getegid: () => 0, getgroups: () => [], umask: () => 0,
  cwd: () => here,
  chdir: (path) => { here = absolute(path) }
}
globalThis.path = { resolve: (...parts) => absolute(parts.join('/')) }
