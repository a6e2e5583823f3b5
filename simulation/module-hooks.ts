import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Marks the modules of simulated programs: the same files as always, in a module graph of their own; or one a breakage. */
const marked = /\?simulated(=\d+)?$/
/** What is broken in the graph of each number. */
const breakages: Breakage[] = []

/** A text in a module, and what is to stand there instead: the world must find out. */
export type Breakage = { path: string; search: string; replace: string }

const root = pathToFileURL(join(import.meta.dirname, '..')).href
const builtin = (name: string) => `${root}/simulation/builtins/${name}.ts`

const replacements: Record<string, string> = {
  'node:fs': builtin('fs'),
  'node:net': builtin('net'),
  'node:os': builtin('os'),
  'node:sqlite': builtin('sqlite'),
  'node:timers/promises': builtin('timers-promises'),
}

const globals = [
  ...[
    'AbortSignal',
    'Date',
    'Math',
    'performance',
    'process',
    'console',
    'setTimeout',
    'setInterval',
    'setImmediate',
  ],
  ...['clearTimeout', 'clearInterval', 'clearImmediate'],
]

/**
 * Has the programs' modules get the world's disk, network, clocks and chance in place of the machine's. What they find
 * without importing it becomes an import at the beginning of their first line, so that each line keeps its number.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    const mark = marked.exec(context.parentURL ?? '')?.[0]
    if (!mark) return nextResolve(specifier, context)
    const replacement = replacements[specifier]
    if (replacement) return nextResolve(replacement, context)
    const resolved = nextResolve(specifier, context)
    return resolved.url.startsWith(`${root}/files/`) ? { ...resolved, url: resolved.url + mark } : resolved
  },
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!marked.test(url)) return loaded
    const source = breakIfTold(url, String(loaded.source))
    const used = globals.filter((name) => new RegExp(`\\b${name}\\b(?!\\s*as\\b)`).test(source))
    return { ...loaded, source: `import { ${used.join(', ')} } from '${builtin('globals')}';${source}` }
  },
})

function breakIfTold(url: string, source: string): string {
  const breakage = breakages[Number(/=(\d+)$/.exec(url)?.[1] ?? -1)]
  if (!breakage || !url.startsWith(`${root}/${breakage.path}?`)) return source
  if (!source.includes(breakage.search)) throw new Error(`${breakage.path} has no ${breakage.search}`)
  return source.replace(breakage.search, () => breakage.replace)
}

/** Loads a module of the programs, once for all worlds: its functions act on the process whose code runs. */
export function loadSimulated<Module>(path: string, breakage?: Breakage): Promise<Module> {
  const known = breakage ? breakages.indexOf(breakage) : -1
  const number = !breakage ? undefined : known >= 0 ? known : breakages.push(breakage) - 1
  return import(`${root}/${path}?simulated${number === undefined ? '' : `=${number}`}`)
}
