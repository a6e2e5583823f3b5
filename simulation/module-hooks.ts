import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** Marks the modules of simulated programs: the same files as always, in a module graph of their own. */
const mark = '?simulated'
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
  ...['AbortSignal', 'Date', 'Math', 'performance', 'process', 'console', 'setTimeout', 'setInterval', 'setImmediate'],
  ...['clearTimeout', 'clearInterval', 'clearImmediate'],
]

/**
 * Has the programs' modules get the world's disk, network, clocks and chance in place of the machine's. What they find
 * without importing it becomes an import at the beginning of their first line, so that each line keeps its number.
 */
registerHooks({
  resolve(specifier, context, nextResolve) {
    if (!context.parentURL?.endsWith(mark)) return nextResolve(specifier, context)
    const replacement = replacements[specifier]
    if (replacement) return nextResolve(replacement, context)
    const resolved = nextResolve(specifier, context)
    return resolved.url.startsWith(`${root}/files/`) ? { ...resolved, url: resolved.url + mark } : resolved
  },
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(mark)) return loaded
    const source = String(loaded.source)
    const used = globals.filter((name) => new RegExp(`\\b${name}\\b(?!\\s*as\\b)`).test(source))
    return { ...loaded, source: `import { ${used.join(', ')} } from '${builtin('globals')}';${source}` }
  },
})

/** Loads a module of the programs, once for all worlds: its functions act on the process whose code runs. */
export function loadSimulated<Module>(path: string): Promise<Module> {
  return import(`${root}/${path}${mark}`)
}
