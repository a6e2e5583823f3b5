import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'node:test'

const root = join(import.meta.dirname, '..')
const sources = listFiles('*.ts').map(readSource)
/** In files/ but no programs: the generated message, and the generator, which the producer and the tests use. */
const pureModules = ['files/report_pb.ts', 'files/weather.ts', 'files/typical-highs.ts']
const programs = new Set([
  ...sources
    .map(({ path }) => path)
    .filter((path) => /^files\/[^/]+\.ts$/.test(path) && !pureModules.includes(path)),
  // What `npm run` names.
  ...(readFileSync(join(root, 'package.json'), 'utf8').match(/(?<=node )[\w/-]+\.ts/g) ?? []),
])
const ours = sources.filter(({ path }) => !path.startsWith('test/'))

type Source = { path: string; text: string; imports: string[] }

/** Lists the files that are under version control or about to be. */
function listFiles(...patterns: string[]): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate', '--', ...patterns]
  const deleted = new Set(git('ls-files', '--deleted', '--', ...patterns))
  return git(...args).filter((path) => !deleted.has(path))
}

function git(...args: string[]): string[] {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\n').filter(Boolean)
}

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8')
  const imported = /^(?:import|export)\s[^'";]*?from '(\.[^']+)'|\bimport(?:\s|\()'(\.[^']+)'/gm
  const imports = [...text.matchAll(imported)].map(([, from, bare]) => join(dirname(path), from ?? bare!))
  return { path, text, imports }
}

/** Lists the imports, as `from -> to`, that break a rule. */
function importsAgainst(breaks: (from: string, to: string) => boolean): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.filter((to) => breaks(path, to)).map((to) => `${path} -> ${to}`),
  )
}

test('the sources are found with their imports', () => {
  const consumer = sources.find(({ path }) => path === 'files/consumer.ts')
  assert.ok(consumer?.imports.includes('files/lib/program.ts'))
  const names = new Set(sources.map(({ path }) => path))
  assert.deepEqual(
    importsAgainst((_, to) => !names.has(to)),
    [],
  )
  for (const program of ['files/consumer.ts', 'files/producer.ts', 'broker/broker.ts', 'start.ts'])
    assert.ok(programs.has(program), program)
})

test('nothing imports a program', () => {
  assert.deepEqual(
    importsAgainst((_, to) => programs.has(to)),
    [],
  )
})

test('files/lib imports itself and the pure modules beside the programs, nothing else', () => {
  const isAllowed = (to: string) => to.startsWith('files/lib/') || pureModules.includes(to)
  assert.deepEqual(
    importsAgainst((from, to) => from.startsWith('files/lib/') && !isAllowed(to)),
    [],
  )
})

test('files imports nothing from outside: the container mounts it alone', () => {
  assert.deepEqual(
    importsAgainst((from, to) => from.startsWith('files/') && !to.startsWith('files/')),
    [],
  )
})

test('imports go one way: start, pipeline, broker, processes, files/lib', () => {
  const order = ['start.ts', 'pipeline/', 'broker/', 'processes/', 'files/lib/']
  const layer = (path: string) => order.findIndex((start) => path.startsWith(start))
  assert.deepEqual(
    importsAgainst(
      (from, to) => layer(from) >= 0 && (layer(to) < 0 || layer(to) < layer(from)) && layer(from) < 4,
    ),
    [],
  )
})

test('nothing but test, bench and faults imports from test, bench or faults', () => {
  const aside = /^(test|bench|faults)\//
  assert.deepEqual(
    importsAgainst((from, to) => aside.test(to) && !aside.test(from)),
    [],
  )
  assert.deepEqual(
    importsAgainst((from, to) => from.startsWith('test/') && to.endsWith('.test.ts')),
    [],
  )
})

test('imports make no cycle', () => {
  const importsByPath = new Map(sources.map(({ path, imports }) => [path, imports]))
  const done = new Set<string>()
  const visit = (path: string, way: readonly string[]): void => {
    if (done.has(path)) return
    if (way.includes(path)) assert.fail(`${[...way.slice(way.indexOf(path)), path].join(' -> ')}`)
    for (const to of importsByPath.get(path) ?? []) visit(to, [...way, path])
    done.add(path)
  }
  for (const path of importsByPath.keys()) visit(path, [])
})

test('programs have 60 lines and other modules 120 at most, but for a reason in their head comment', () => {
  const tooLong = ours
    .filter(({ path, text }) => linesOf(text).length > (programs.has(path) ? 60 : 120) && !givesReason(text))
    .map(({ path, text }) => `${path}: ${linesOf(text).length} lines`)
  assert.deepEqual(tooLong, [])
})

test('functions have 30 lines at most, but for a reason in the head comment of their file', () => {
  const tooLong = ours
    .filter(({ text }) => !givesReason(text))
    .flatMap(({ path, text }) =>
      functionsOf(text)
        .filter(({ lines }) => lines > 30)
        .map(({ line, lines, first }) => `${path}:${line}: ${lines} lines: ${first}`),
    )
  assert.deepEqual(tooLong, [])
})

test('the counter of function lines knows the forms that functions have here', () => {
  const text = [
    'export function one({',
    '  a,',
    '}: {',
    '  a: number',
    '}) {',
    '  return a',
    '}',
    'const two = async () => {',
    '  if (one) {',
    '  }',
    '}',
    'function* three<T>(',
    '  a: T,',
    '): Generator<T> {',
    '  yield {',
    '  }',
    '}',
    'const object = {',
    '  four: () => {',
    '    one()',
    '  },',
    '  async five() {',
    '  },',
    '}',
    'await run(async (signal) => {',
    '  one()',
    '})',
  ].join('\n')
  assert.deepEqual(
    functionsOf(text).map(({ line, lines }) => [line, lines]),
    [
      [1, 7],
      [8, 4],
      [12, 6],
      [19, 3],
      [22, 2],
    ],
  )
})

/** Lines of code and comments. */
function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '')
}

/** Whether the comments before the code, imports aside, say why the file is longer than others. */
function givesReason(text: string): boolean {
  const head = text.split(/^(?:export|const|let|await|async|function|type|class)\b/m, 1)[0]!
  return /longer than/.test(head)
}

type FunctionLines = { line: number; lines: number; first: string }

/** Finds the functions in a text as the formatter lays it out: each ends with a brace as far in as it begins. */
function functionsOf(text: string): FunctionLines[] {
  const lines = text.split('\n')
  return lines.flatMap((first, index) => {
    // A program's main function is the program itself, which has a limit of its own.
    if (
      !/\bfunction\b\*?.*[({]$|=> \{$|^ +(async )?\*?\w+\(.*\) \{$/.test(first) ||
      /^await run\(/.test(first)
    )
      return []
    if (/^ *(if|for|while|switch|catch)\b|^\s*(\/\/|\*|\/\*)/.test(first)) return []
    const indent = first.length - first.trimStart().length
    const isEnd = (line: string) => line.startsWith(`${' '.repeat(indent)}}`) && !line.endsWith('{')
    const end = lines.findIndex((line, at) => at > index && isEnd(line))
    return [{ line: index + 1, lines: end - index + 1, first: first.trim() }]
  })
}

test('no module has a name that says nothing', () => {
  const vague = /(^|[-/])(utils?|types?|constants?|managers?|services?|helpers?|misc|common)\.ts$/
  assert.deepEqual(
    sources.map(({ path }) => path).filter((path) => vague.test(path)),
    [],
  )
})

test('a test stands where its module does', () => {
  const names = new Set(sources.map(({ path }) => path))
  const lost = listFiles('test/lib/*.test.ts').filter(
    (path) => !names.has(path.replace('test/', 'files/').replace('.test.ts', '.ts')),
  )
  assert.deepEqual(lost, [])
})

test('no file names a folder of somebody’s machine or a registry', () => {
  const paths = '(^|[^A-Za-z0-9_.])/(work|root|home|Users)/[a-zA-Z]'
  const hosts = '(https?://|@|//)[a-z0-9.-]*(registry|artifactory|nexus|verdaccio|mirror)[a-z0-9-]*[.:/]'
  assert.deepEqual(grep(paths), [])
  assert.deepEqual(grep(hosts), [])
  assert.deepEqual(
    grep('"resolved":').filter((line) => line.startsWith('package-lock.json')),
    [],
  )
})

/** Searches the files under version control. */
function grep(pattern: string): string[] {
  try {
    return git('grep', '-nIE', pattern, '--', ':!test/structure.test.ts')
  } catch (error) {
    if ((error as { status?: number }).status === 1) return []
    throw error
  }
}
