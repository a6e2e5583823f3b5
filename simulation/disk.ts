import { basename, dirname } from 'node:path'
import type { Clock } from './clock.ts'
import type { Random } from './random.ts'
import { Killed, type SimulatedProcess } from './simulated-process.ts'
import type { Trace } from './trace.ts'

type FileNode = {
  kind: 'file'
  inode: number
  content: Buffer
  /** What it had when it was synced last; undefined when it never was. */
  synced: Buffer | undefined
  modified: bigint
}
type FolderNode = {
  kind: 'folder'
  inode: number
  /** What the running programs see. */
  entries: Map<string, Node>
  /** What was there when the folder was synced last, and the changes since. */
  safe: Map<string, Node>
  pending: Change[]
}
type Node = FileNode | FolderNode
/** A name and what it stands for since; undefined for a name that went. */
type Change = { name: string; node: Node | undefined }

type OpenFile = { node: Node; path: string; owner: SimulatedProcess }

/** What makes calls fail, one after the other, until it is taken away. */
export type DiskTrouble = { code: keyof typeof errors; callsLeft: number; isMet: boolean }

const errors = {
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EIO: 'i/o error',
  ENOENT: 'no such file or directory',
  EEXIST: 'file already exists',
}

/** Who is told of what changes on the disk. */
export type DiskWatcher = {
  /** A file has got this content at this path, by a rename. */
  onRename: (process: SimulatedProcess, path: string, content: Buffer) => void
  /** A call has failed. */
  onFailure: (process: SimulatedProcess) => void
}

/**
 * A disk that keeps no more than it must, and gives an error when it is told to.
 *
 * The same model as test/support/power-cut.ts: what a file had when it was synced is safe; of what was written since, all
 * may be there after a power cut, nothing, half, or zeros. Which names are in a folder is safe since that folder was
 * synced; of the changes since, any may be there and any missing, so that a rename may have happened by half.
 */
export class Disk {
  trouble: DiskTrouble | undefined
  watcher: DiskWatcher = { onRename: () => {}, onFailure: () => {} }
  readonly #clock: Clock
  readonly #random: Random
  readonly #trace: Trace
  readonly #root: FolderNode
  readonly #open = new Map<number, OpenFile>()
  readonly #locks = new Map<number, SimulatedProcess>()
  #inode = 1
  #descriptor = 3

  constructor(clock: Clock, random: Random, trace: Trace) {
    this.#clock = clock
    this.#random = random
    this.#trace = trace
    this.#root = this.#newFolder()
    const data = this.#newFolder()
    this.#root.entries.set('data', data)
    this.#root.safe.set('data', data)
  }

  // ── What programs call ─────────────────────────────────────────────────────────────────────────────────────────────

  open(process: SimulatedProcess, path: string, flags = 'r'): number {
    const isWritten = flags.startsWith('w')
    return this.#step(process, isWritten ? 'create' : 'open', path, () => {
      let node = this.#find(path)
      if (!node && !isWritten) throw failure('ENOENT', 'open', path)
      if (node && flags === 'wx') throw failure('EEXIST', 'open', path)
      if (!node) {
        node = this.#newFile()
        this.#change(path, node, 'open')
      } else if (isWritten && node.kind === 'file') {
        node.content = Buffer.alloc(0)
        node.modified = this.#now(process)
      }
      this.#open.set(this.#descriptor, { node, path, owner: process })
      return this.#descriptor++
    })
  }

  close(process: SimulatedProcess, descriptor: number): void {
    this.#step(process, 'close', this.#opened(descriptor).path, () => {
      this.#open.delete(descriptor)
    })
  }

  write(process: SimulatedProcess, descriptor: number, content: string | Uint8Array): void {
    const bytes = Buffer.from(content as string)
    const { node, path } = this.#opened(descriptor)
    const append = (part: Buffer) => {
      const file = node as FileNode
      file.content = Buffer.concat([file.content, part])
      file.modified = this.#now(process)
    }
    const half = () => append(bytes.subarray(0, bytes.length >> 1))
    this.#step(process, 'write', path, () => append(bytes), half)
  }

  writePieces(process: SimulatedProcess, descriptor: number, pieces: readonly Uint8Array[]): number {
    const bytes = Buffer.concat(pieces)
    this.write(process, descriptor, bytes)
    return bytes.length
  }

  sync(process: SimulatedProcess, descriptor: number): void {
    const { node, path } = this.#opened(descriptor)
    this.#step(process, 'fsync', path, () => {
      if (node.kind === 'file') node.synced = node.content
      else {
        node.safe = new Map(node.entries)
        node.pending = []
      }
    })
    process.spend(this.#random.between(0.3, 2))
  }

  statOpen(_: SimulatedProcess, descriptor: number) {
    return statsOf(this.#opened(descriptor).node)
  }

  stat(_: SimulatedProcess, path: string, { throwIfNoEntry = true } = {}) {
    const node = this.#find(path)
    if (!node && throwIfNoEntry) throw failure('ENOENT', 'stat', path)
    return node && statsOf(node)
  }

  rename(process: SimulatedProcess, path: string, to: string): void {
    this.#step(process, 'rename', to, () => {
      const node = this.#find(path)
      if (node?.kind !== 'file') throw failure('ENOENT', 'rename', path)
      this.#change(to, node, 'rename')
      this.#change(path, undefined, 'rename')
      this.watcher.onRename(process, to, node.content)
    })
  }

  link(process: SimulatedProcess, path: string, to: string): void {
    this.#step(process, 'link', to, () => {
      const node = this.#find(path)
      if (!node) throw failure('ENOENT', 'link', path)
      if (this.#find(to)) throw failure('EEXIST', 'link', to)
      this.#change(to, node, 'link')
    })
  }

  remove(process: SimulatedProcess, path: string): void {
    this.#step(process, 'remove', path, () => {
      if (this.#find(path)) this.#change(path, undefined, 'rm')
    })
  }

  /** @returns the outermost folder made, as Node does; undefined when all are there */
  makeFolder(process: SimulatedProcess, path: string): string | undefined {
    const missing: string[] = []
    for (let at = path; !this.#find(at); at = dirname(at)) missing.unshift(at)
    if (missing.length === 0) return undefined
    const make = (paths: string[]) => {
      for (const made of paths) this.#change(made, this.#newFolder(), 'mkdir')
    }
    const half = missing.length > 1 ? () => make(missing.slice(0, 1)) : undefined
    this.#step(process, 'mkdir', path, () => make(missing), half)
    return missing[0]
  }

  exists(_: SimulatedProcess, path: string): boolean {
    return this.#find(path) !== undefined
  }

  read(process: SimulatedProcess, path: string, encoding?: BufferEncoding): string | Buffer {
    return this.#step(process, 'read', path, () => {
      const node = this.#find(path)
      if (node?.kind !== 'file') throw failure('ENOENT', 'open', path)
      return encoding ? node.content.toString(encoding) : Buffer.from(node.content)
    })
  }

  list(_: SimulatedProcess, path: string): string[] {
    const node = this.#find(path)
    if (node?.kind !== 'folder') throw failure('ENOENT', 'scandir', path)
    return [...node.entries.keys()]
  }

  // ── Locks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Opens a database's file, made when it is not there. @returns its inode */
  openDatabase(process: SimulatedProcess, path: string): number {
    process.expectAlive()
    const found = this.#find(path)
    if (found) return found.inode
    const node = this.#newFile()
    this.#change(path, node, 'open')
    return node.inode
  }

  /** Takes the kernel's lock on a file; false when another process holds it. */
  lock(process: SimulatedProcess, inode: number): boolean {
    const holder = this.#locks.get(inode)
    if (holder && holder !== process) return false
    this.#locks.set(inode, process)
    return true
  }

  unlock(process: SimulatedProcess, inode: number): void {
    if (this.#locks.get(inode) === process) this.#locks.delete(inode)
  }

  /** Lets go of all that a process held, as the kernel does at its end. */
  releaseOf(process: SimulatedProcess): void {
    for (const [inode, holder] of this.#locks) if (holder === process) this.#locks.delete(inode)
    for (const [descriptor, { owner }] of this.#open) if (owner === process) this.#open.delete(descriptor)
  }

  // ── What the world does ────────────────────────────────────────────────────────────────────────────────────────────

  /** The content of a file as programs see it; undefined without one. */
  contentOf(path: string): Buffer | undefined {
    const node = this.#find(path)
    return node?.kind === 'file' ? node.content : undefined
  }

  /** The names in a folder; none without one. */
  namesIn(path: string): string[] {
    const node = this.#find(path)
    return node?.kind === 'folder' ? [...node.entries.keys()] : []
  }

  /** Puts a file there by another hand, or takes it away: durable at once. */
  put(path: string, content: Buffer | undefined): void {
    const folder = this.#find(dirname(path)) as FolderNode
    const node = content && this.#newFile()
    if (node) {
      node.content = content
      node.synced = content
    }
    for (const entries of [folder.entries, folder.safe]) {
      if (node) entries.set(basename(path), node)
      else entries.delete(basename(path))
    }
    folder.pending = folder.pending.filter(({ name }) => name !== basename(path))
  }

  /** Takes from the disk what a power cut may take; all processes must have ended. */
  cutPower(): void {
    // How much of what was not synced gets lost: nothing, all, or anything between.
    const lossRate = this.#random.pick([0, 0.2, 0.5, 0.8, 1])
    this.#settle(this.#root, lossRate)
    this.#locks.clear()
    this.#open.clear()
  }

  #settle(folder: FolderNode, lossRate: number): void {
    const entries = new Map(folder.safe)
    for (const { name, node } of folder.pending) {
      if (this.#random.chance(lossRate)) continue
      if (node) entries.set(name, node)
      else entries.delete(name)
    }
    folder.entries = entries
    folder.safe = new Map(entries)
    folder.pending = []
    for (const node of entries.values()) {
      if (node.kind === 'folder') this.#settle(node, lossRate)
      else if (node.synced !== node.content) {
        if (this.#random.chance(lossRate)) node.content = this.#random.pick(remainsOf(node))
        node.synced = node.content
      }
    }
  }

  // ── Inside ─────────────────────────────────────────────────────────────────────────────────────────────────────────

  /** Takes a step on the disk: it may fail, take its time, or be where the process is killed. */
  #step<Result>(
    process: SimulatedProcess,
    what: keyof typeof needs,
    path: string,
    act: () => Result,
    half?: () => void,
  ): Result {
    const { ambush } = process
    const isMet = ambush !== undefined && ambush.callsLeft-- === 0
    if (isMet && ambush.when !== 'after') {
      if (ambush.when === 'half-way') half?.()
      this.#spring(process, `${ambush.when} ${what} ${path}`)
    }
    this.#failIfTold(process, what, path, half)
    const result = act()
    if (!path.includes('.status.')) this.#trace.note(process.name, `${what} ${path}`)
    process.spend(0.02)
    if (isMet) this.#spring(process, `after ${what} ${path}`)
    return result
  }

  #spring(process: SimulatedProcess, where: string): void {
    this.#trace.note(process.name, `is caught ${where}`)
    process.ambush?.act()
    if (process.hasEnded) throw new Killed()
  }

  #failIfTold(process: SimulatedProcess, what: keyof typeof needs, path: string, half?: () => void): void {
    const { trouble } = this
    if (!trouble || !needs[what].includes(trouble.code)) return
    if (trouble.callsLeft-- > 0) return
    trouble.isMet = true
    if (what === 'write') half?.()
    this.#trace.note('disk', `${trouble.code}, ${what} ${path}`)
    this.watcher.onFailure(process)
    throw failure(trouble.code, what === 'create' || what === 'read' ? 'open' : what, path)
  }

  #opened(descriptor: number): OpenFile {
    const found = this.#open.get(descriptor)
    if (!found) throw Object.assign(new Error('EBADF: bad file descriptor'), { code: 'EBADF', syscall: 'fs' })
    return found
  }

  #find(path: string): Node | undefined {
    let node: Node | undefined = this.#root
    for (const name of path.split('/')) {
      if (name === '') continue
      node = node?.kind === 'folder' ? node.entries.get(name) : undefined
    }
    return node
  }

  #change(path: string, node: Node | undefined, call: string): void {
    const folder = this.#find(dirname(path))
    if (folder?.kind !== 'folder') throw failure('ENOENT', call, path)
    const name = basename(path)
    if (node) folder.entries.set(name, node)
    else folder.entries.delete(name)
    folder.pending.push({ name, node })
  }

  #newFile(): FileNode {
    const modified = BigInt(Math.round(this.#clock.now * 1e6)) + BigInt(this.#inode)
    return { kind: 'file', inode: this.#inode++, content: Buffer.alloc(0), synced: undefined, modified }
  }

  #newFolder(): FolderNode {
    return { kind: 'folder', inode: this.#inode++, entries: new Map(), safe: new Map(), pending: [] }
  }

  #now(process: SimulatedProcess): bigint {
    return BigInt(Math.round(process.now * 1e6))
  }
}

/** Which errors a call may give. */
const needs = {
  create: ['ENOSPC', 'EROFS', 'EIO'],
  write: ['ENOSPC', 'EROFS', 'EIO'],
  rename: ['ENOSPC', 'EROFS', 'EIO'],
  link: ['ENOSPC', 'EROFS', 'EIO'],
  mkdir: ['ENOSPC', 'EROFS', 'EIO'],
  fsync: ['EIO'],
  open: ['EIO'],
  read: ['EIO'],
  remove: ['EROFS'],
  close: [] as string[],
}

/** What may be left of a file that was not synced since it was written. */
function remainsOf({ content, synced }: FileNode): Buffer[] {
  const [nothing, zeros] = [Buffer.alloc(0), Buffer.alloc(content.length)]
  const half = content.subarray(0, content.length >> 1)
  return [
    content,
    synced ?? nothing,
    nothing,
    half,
    zeros,
    Buffer.concat([half, zeros.subarray(half.length)]),
  ]
}

function statsOf(node: Node) {
  const [size, mtimeNs] = node.kind === 'file' ? [node.content.length, node.modified] : [0, 0n]
  return { dev: 1n, ino: BigInt(node.inode), size: BigInt(size), mtimeNs, isFile: () => node.kind === 'file' }
}

function failure(code: keyof typeof errors, syscall: string, path: string): Error {
  const error = new Error(`${code}: ${errors[code]}, ${syscall} '${path}'`)
  return Object.assign(error, { code, syscall, path, errno: -1 })
}
