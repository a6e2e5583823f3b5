import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { FileCall } from './file-calls.ts'

/*
 * A model of a disk that keeps no more than it must. What a file had when it was synced is safe; of what was written
 * since, all may be there, nothing, half, or zeros. Which names are in a folder is safe since that folder was synced; of
 * the changes since, any may be there and any missing, in no order, and even a rename may be there by half. Status
 * files, which nobody syncs and nobody needs, count as one change, so that their number does not explode.
 */

type FileNode = { content: Buffer; synced: Buffer | undefined; isStatus: boolean }
type FolderNode = { safe: Map<string, Node>; pending: Change[] }
type Node = FileNode | FolderNode
/** Names and what they now stand for; undefined for a name that went. */
type Change = { entries: [name: string, node: Node | undefined][]; isStatus: boolean }

/** A disk in the model. */
export type Disk = FolderNode

/** What a folder may hold after the power came back: files by path, folders as undefined. */
export type Tree = Map<string, Buffer | undefined>

/** Takes a folder as it is into the model, all of it safe. */
export function loadDisk(folder: string): Disk {
  const entries = readdirSync(folder, { withFileTypes: true })
  const nodes = entries.map((entry): [string, Node] => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return [entry.name, loadDisk(path)]
    const content = readFileSync(path)
    return [entry.name, { content, synced: content, isStatus: isStatus(path) }]
  })
  return { safe: new Map(nodes), pending: [] }
}

const isStatus = (path: string) => path.includes('.status.json')
const isFolder = (node: Node): node is FolderNode => 'safe' in node

/** Does to the disk what a program did. */
export function apply(disk: Disk, call: FileCall): void {
  const { name, path } = call
  if (name === 'open' && call.isNew) openNew(disk, path)
  if (name === 'write') {
    const file = find(disk, path) as FileNode
    file.content = Buffer.concat([file.content, Buffer.from(call.data!, 'base64')])
  }
  if (name === 'fsync') sync(find(disk, path)!)
  if (name === 'mkdir') for (const made of call.made!) change(disk, made, { safe: new Map(), pending: [] })
  if (name === 'link') change(disk, call.to!, find(disk, path))
  if (name === 'rename') {
    const node = find(disk, path)
    change(disk, call.to!, node)
    change(disk, path, undefined)
  }
  if (name === 'remove' && find(disk, path)) change(disk, path, undefined)
}

function openNew(disk: Disk, path: string): void {
  const found = find(disk, path) as FileNode | undefined
  if (found) found.content = Buffer.alloc(0)
  else change(disk, path, { content: Buffer.alloc(0), synced: undefined, isStatus: isStatus(path) })
}

function sync(node: Node): void {
  if (!isFolder(node)) node.synced = node.content
  else {
    node.safe = entriesWith(node, node.pending)
    node.pending = []
  }
}

function change(disk: Disk, path: string, node: Node | undefined): void {
  const folder = find(disk, dirname(path)) as FolderNode
  const entry: Change['entries'][0] = [basename(path), node]
  const before = folder.pending.find((change) => change.isStatus)
  if (isStatus(path) && before) before.entries.push(entry)
  else folder.pending.push({ entries: [entry], isStatus: isStatus(path) })
}

function entriesWith(folder: FolderNode, changes: readonly Change[]): Map<string, Node> {
  const entries = new Map(folder.safe)
  for (const [name, node] of changes.flatMap((change) => change.entries)) {
    if (node) entries.set(name, node)
    else entries.delete(name)
  }
  return entries
}

/** What stands at a path for the running program, which sees all that it did. */
function find(disk: Disk, path: string): Node | undefined {
  if (path === '.') return disk
  const folder = find(disk, dirname(path)) as FolderNode | undefined
  return folder && entriesWith(folder, folder.pending).get(basename(path))
}

/** All that may be left of the disk when the power is cut now. */
export function* statesAfterPowerCut(disk: Disk): Generator<Tree> {
  for (const entries of subsets(disk.pending).map((changes) => entriesWith(disk, changes)))
    yield* treesOf(entries)
}

function* treesOf(entries: Map<string, Node>): Generator<Tree> {
  const [first, ...rest] = entries
  if (!first) return yield new Map()
  const [name, node] = first
  for (const others of treesOf(new Map(rest))) {
    if (!isFolder(node)) for (const content of contents(node)) yield new Map([[name, content], ...others])
    else {
      for (const inside of statesAfterPowerCut(node)) {
        const moved = [...inside].map(([path, content]): [string, Buffer | undefined] => [
          join(name, path),
          content,
        ])
        yield new Map([[name, undefined], ...moved, ...others])
      }
    }
  }
}

/** What a file may hold. One file under two names may differ here, which is more than a disk can do. */
function contents({ content, synced, isStatus }: FileNode): Buffer[] {
  if (synced?.equals(content)) return [content]
  const [nothing, zeros] = [Buffer.alloc(0), Buffer.alloc(content.length)]
  if (isStatus) return [content, nothing, zeros]
  const half = content.subarray(0, content.length >> 1)
  const halfZeros = Buffer.concat([half, zeros.subarray(half.length)])
  return [content, synced ?? nothing, nothing, half, zeros, halfZeros]
}

function subsets<T>(all: readonly T[]): T[][] {
  const [first, ...rest] = all
  if (first === undefined) return [[]]
  return subsets(rest).flatMap((some) => [some, [first, ...some]])
}

/** Text that is the same for the same trees. */
export function treeKey(tree: Tree): string {
  return [...tree]
    .map(([path, content]) => `${path}=${content?.toString('base64')}`)
    .sort()
    .join('\n')
}

/** Makes the files and folders of a tree in an empty folder. */
export function makeTree(tree: Tree, folder: string): void {
  for (const [path, content] of tree) {
    mkdirSync(join(folder, content ? dirname(path) : path), { recursive: true })
    if (content) writeFileSync(join(folder, path), content)
  }
}
