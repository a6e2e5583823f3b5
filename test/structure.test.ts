import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import test from 'node:test'
import { git, listFiles } from './support/git.ts'

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

type Source = { path: string; imports: string[] }

function readSource(path: string): Source {
  const text = readFileSync(join(root, path), 'utf8')
  const imported = /^(?:import|export)\s[^'";]*?from '(\.[^']+)'|\bimport(?:\s|\()'(\.[^']+)'/gm
  const imports = [...text.matchAll(imported)].map(([, from, bare]) => join(dirname(path), from ?? bare!))
  return { path, imports }
}

/** Lists the imports, as `from -> to`, that break a rule. */
function importsAgainst(breaks: (from: string, to: string) => boolean): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.filter((to) => breaks(path, to)).map((to) => `${path} -> ${to}`),
  )
}

test('the sources are found with their imports', () => {
  const consumer = sources.find(({ path }) => path === 'files/consumer.ts')
  assert.ok(consumer?.imports.includes('files/lib/consume/run-consumer.ts'))
  const names = new Set(sources.map(({ path }) => path))
  assert.deepEqual(
    importsAgainst((_, to) => !names.has(to)),
    [],
  )
  for (const program of ['files/consumer.ts', 'files/producer.ts', 'broker/broker.ts', 'start.ts'])
    assert.ok(programs.has(program), program)
})

test('the sources are found also where another user owns the folder', (t) => {
  process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER = '1'
  t.after(() => delete process.env.GIT_TEST_ASSUME_DIFFERENT_OWNER)
  assert.deepEqual(listFiles('start.ts'), ['start.ts'])
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

/** Floor by room of files/lib, as docs/architecture.md has them. */
const floors = new Map(
  [...readFileSync(join(root, 'docs/architecture.md'), 'utf8').matchAll(/^\| (\d) \| `(\w+)` \|/gm)].map(
    ([, floor, room]) => [room!, Number(floor)],
  ),
)

test('each module of files/lib is in a room of docs/architecture.md, and imports its own room and lower floors', () => {
  const roomOf = (path: string) => /^files\/lib\/(\w+)\//.exec(path)?.[1] ?? ''
  const floorOf = (path: string) => floors.get(roomOf(path)) ?? Number.NaN
  const modules = sources.filter(({ path }) => path.startsWith('files/lib/'))
  assert.deepEqual(new Set(modules.map(({ path }) => roomOf(path))), new Set(floors.keys()))
  assert.deepEqual(
    importsAgainst(
      (from, to) =>
        from.startsWith('files/lib/') &&
        to.startsWith('files/lib/') &&
        roomOf(from) !== roomOf(to) &&
        !(floorOf(to) < floorOf(from)),
    ),
    [],
  )
})

test('kafka and engine know nothing of weather', () => {
  const rooms = ['core', 'kafka', 'engine'].map((room) => `files/lib/${room}/`)
  assert.deepEqual(
    importsAgainst(
      (from, to) => /^files\/lib\/(kafka|engine)\//.test(from) && !rooms.some((room) => to.startsWith(room)),
    ),
    [],
  )
})

test('the image holds all that its broker imports, before anything of files is mounted', () => {
  const copied = [
    ...readFileSync(join(root, 'Dockerfile'), 'utf8').matchAll(/^COPY (\S+) \/opt\/kafka\/\1$/gm),
  ]
  const folders = copied.map(([, folder]) => `${folder}/`)
  assert.ok(folders.includes('broker/'))
  const importsByPath = new Map(sources.map(({ path, imports }) => [path, imports]))
  const needed = new Set(['broker/broker.ts'])
  for (const path of needed) for (const to of importsByPath.get(path)!) needed.add(to)
  assert.deepEqual(
    [...needed].filter((path) => !folders.some((folder) => path.startsWith(folder))),
    [],
  )
})

test('nothing but test, bench, faults and simulation imports from any of these', () => {
  const aside = /^(test|bench|faults|simulation)\//
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

test('npm passes a signal on to the program itself: no script leaves a shell between them', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const last = Object.values<string>(scripts).map((script) => script.split(' && ').at(-1)!)
  const kept = last.filter(
    (command) => /\b(node|npm) /.test(command) && !/^([A-Z_]+=\S+ )?exec /.test(command),
  )
  assert.deepEqual(kept, [])
})

test('every program declares its command line: nothing but core/command-line.ts parses one', () => {
  const parsing = grep("parseArgs.*from 'node:util'", '*.ts').map((line) => line.split(':')[0])
  assert.deepEqual(parsing, ['files/lib/core/command-line.ts'])
})

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
function grep(pattern: string, ...paths: string[]): string[] {
  try {
    return git('grep', '-nIE', pattern, '--', ...paths, ':!test/structure.test.ts')
  } catch (error) {
    if ((error as { status?: number }).status === 1) return []
    throw error
  }
}
