/*
 * To be loaded into a program by `node --import`: writes down each call that the program makes to change its data folder
 * or to make a change durable, and kills the program at one of them if told to. By environment: FILE_CALLS_FOLDER, the
 * data folder; FILE_CALLS_LOG, where to write them, a JSON object a line; FILE_CALLS_DIE, a moment a `Moment` as JSON.
 */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname, relative } from 'node:path'

/** A call to the file system; paths are relative to the data folder. */
export type FileCall = {
  name: 'open' | 'write' | 'fsync' | 'close' | 'rename' | 'link' | 'mkdir' | 'remove'
  path: string
  /** Open: whether it makes the file anew. */
  isNew?: boolean
  /** Rename and link: the new name. */
  to?: string
  /** Write: what was written, in base64. */
  data?: string
  /** Mkdir: the folders that were made, outermost first. */
  made?: string[]
  /** Whether it takes several steps, so that a kill can come between them. */
  hasHalf?: boolean
}

/** A moment at a call: the n-th, from 0, of that label. A call of several steps can also be ended half-way. */
export type Moment = { label: string; nth: number; when: 'before' | 'half-way' | 'after' }

/** A call that fails, the n-th, from 0, of that label, and with it all later ones that need room or rights. */
export type Failure = { label: string; nth: number; code: string }

type Call = (...parameters: never[]) => unknown
type Step = { call: FileCall; half?: (() => void) | undefined }

const {
  FILE_CALLS_FOLDER: folder,
  FILE_CALLS_LOG: log,
  FILE_CALLS_DIE: die,
  FILE_CALLS_FAIL: fail,
} = process.env
const original: Record<string, Call> = { ...(fs as unknown as Record<string, Call>) }
const opened = new Map<unknown, string>()
const seen = new Map<string, number>()
const moment: Moment | undefined = die ? JSON.parse(die) : undefined
const failure: Failure | undefined = fail ? JSON.parse(fail) : undefined
let hasFailed = false

/** A path in the data folder relative to it; undefined for any other. */
function inside(path: unknown): string | undefined {
  if (typeof path === 'number') return opened.get(path)
  if (!folder || typeof path !== 'string') return undefined
  const found = relative(folder, path)
  return found.startsWith('..') ? undefined : found || '.'
}

function bytesOf(content: unknown): Buffer {
  if (Array.isArray(content)) return Buffer.concat(content as Buffer[])
  return typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as Uint8Array)
}

function writing(path: string, file: unknown, content: unknown): Step {
  if (typeof file !== 'number') throw new Error('test/support/file-calls.ts knows no writing to a path')
  const bytes = bytesOf(content)
  const half = () => fs.writeSync(file, bytes.subarray(0, bytes.length >> 1))
  return { call: { name: 'write', path, data: bytes.toString('base64') }, half }
}

function makingFolders(path: string, whole: string): Step {
  const made: string[] = []
  for (let at = whole; inside(at) !== undefined && !original.existsSync!(at as never); at = dirname(at))
    made.unshift(at)
  const half = made.length > 1 ? () => original.mkdirSync!(made[0] as never) : undefined
  return { call: { name: 'mkdir', path, made: made.map((at) => inside(at)!) }, half }
}

const steps: Record<string, (path: string, parameters: unknown[]) => Step> = {
  openSync: (path, [, flags]) => ({ call: { name: 'open', path, isNew: String(flags).startsWith('w') } }),
  writeSync: (path, [file, content]) => writing(path, file, content),
  writevSync: (path, [file, content]) => writing(path, file, content),
  writeFileSync: (path, [file, content]) => writing(path, file, content),
  fsyncSync: (path) => ({ call: { name: 'fsync', path } }),
  closeSync: (path) => ({ call: { name: 'close', path } }),
  renameSync: (path, [, to]) => ({ call: { name: 'rename', path, to: inside(to)! } }),
  linkSync: (path, [, to]) => ({ call: { name: 'link', path, to: inside(to)! } }),
  mkdirSync: (path, [whole]) => makingFolders(path, whole as string),
  rmSync: (path) => ({ call: { name: 'remove', path } }),
}

/** A call as it is named in tables, without what differs from run to run. */
export function labelOf({ name, path, to }: FileCall): string {
  return `${name} ${to ?? path}`
    .replace(/archive\/(unknown|rebuild)-[^/]+/, 'archive/$1-<time>')
    .replace(/archive\/[0-9a-f]{8}-[^/]+/, 'archive/<id>')
}

function dieAt(when: Moment['when'], label: string): boolean {
  return moment?.when === when && moment.label === label && moment.nth === seen.get(label)
}

const needingRoom: FileCall['name'][] = ['write', 'rename', 'link', 'mkdir']

function failIfTold({ name, path, isNew }: FileCall, label: string, half?: () => void): void {
  const isFirst = failure?.label === label && failure.nth === seen.get(label)
  if (!isFirst && !(hasFailed && (isNew || needingRoom.includes(name)))) return
  hasFailed = true
  // As a disk does that runs full in mid write.
  if (name === 'write') half?.()
  const { code } = failure!
  throw Object.assign(new Error(`${code}: made to fail, ${name} '${path}'`), { code, syscall: name, path })
}

function watch(name: string, toStep: (path: string, parameters: unknown[]) => Step): void {
  const call = original[name] as (...parameters: unknown[]) => unknown
  let depth = 0
  const watched = (...parameters: unknown[]) => {
    const path = inside(parameters[0])
    // Node's own functions call one another; the outermost is the program's.
    if (path === undefined || depth > 0) return call(...parameters)
    const { call: step, half } = toStep(path, parameters)
    const label = labelOf(step)
    seen.set(label, (seen.get(label) ?? -1) + 1)
    if (dieAt('before', label)) process.kill(process.pid, 'SIGKILL')
    if (dieAt('half-way', label)) {
      half?.()
      process.kill(process.pid, 'SIGKILL')
    }
    depth++
    try {
      failIfTold(step, label, half)
      const result = call(...parameters)
      if (name === 'openSync') opened.set(result, path)
      if (name === 'closeSync') opened.delete(parameters[0])
      if (log)
        original.appendFileSync!(
          ...([log, `${JSON.stringify({ ...step, hasHalf: Boolean(half) })}\n`] as never[]),
        )
      return result
    } finally {
      depth--
      if (dieAt('after', label)) process.kill(process.pid, 'SIGKILL')
    }
  }
  Object.assign(fs, { [name]: watched })
}

/** What changes files in a way that nobody here knows ends the program: the list of crash points would not be whole. */
function forbid(owner: object, name: string): void {
  const call = (owner as Record<string, (...parameters: unknown[]) => unknown>)[name]!
  const forbidden = (...parameters: unknown[]) => {
    if (inside(parameters[0]) !== undefined)
      throw new Error(`test/support/file-calls.ts does not know ${name}`)
    return call(...parameters)
  }
  Object.assign(owner, { [name]: forbidden })
}

const changing = [
  'appendFile',
  'copyFile',
  'cp',
  'fdatasync',
  'ftruncate',
  'symlink',
  'truncate',
  'unlink',
  'utimes',
]
const known = Object.keys(steps).map((name) => name.replace('Sync', ''))
if (folder) {
  for (const [name, toStep] of Object.entries(steps)) watch(name, toStep)
  for (const name of changing) forbid(fs, `${name}Sync`)
  for (const name of [...changing, ...known]) {
    if (name in fs) forbid(fs, name)
    if (name in fs.promises) forbid(fs.promises, name)
  }
  syncBuiltinESMExports()
}
