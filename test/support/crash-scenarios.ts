import assert from 'node:assert/strict'
import { cpSync, existsSync, globSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { startBroker } from '../../broker/start-broker.ts'
import type { Failure, FileCall, Moment } from './file-calls.ts'
import { createTopic, startAdmin } from './kafka.ts'
import { runProgram, temporaryFolder } from './program.ts'
import { expectedFile, readTopic, type TopicRecord } from './read-topic.ts'
import { reportRecord, sendRecords } from './send-records.ts'

/** What a consumer of partition 2 finds when it starts, and what its file must be at the end. */
export type Scenario = {
  name: string
  address: string
  topic: { name: string; id: string }
  /** The data folder as it is before; to be copied. */
  template: string
  args: string[]
  records: TopicRecord[]
  /** Leader epochs of the log, each with its first offset, as the broker says. */
  epochs: [leaderEpoch: number, firstOffset: number][]
  expected: object
  /** Text of the partition file before, when it counts another topic: kept in the archive or where it was. */
  oldFile: string | undefined
}

const preload = new URL('./file-calls.ts', import.meta.url).href

/** Days of January 1990 and on, of which all go to partition 2, each fifth sent again with 1,000,000 degrees. */
function days(first: number, count: number, degrees: number) {
  return Array.from({ length: count }, (_, i) => {
    const [month, day] = [first + i < 28 ? '01' : '04', String(1 + ((first + i) % 28)).padStart(2, '0')]
    const once = [reportRecord(`1990-${month}-${day}`, degrees + i / 7)]
    return i % 5 === 4 ? [...once, reportRecord(`1990-${month}-${day}`, 1_000_000)] : once
  })
}

/** Prepares each way in which a consumer comes to write its files, on a broker of its own; there are two leader epochs. */
export async function prepareScenarios(t: TestContext): Promise<Scenario[]> {
  const directory = join(await temporaryFolder(t), 'kafka')
  let broker = await startBroker({ directory, port: 0 })
  t.after(() => broker.kill())
  const { address, port } = broker
  const names = await Promise.all([1, 2, 3].map(async () => (await createTopic(t, address)).name))
  const [kept, renewed, older] = await Promise.all(names.map((name) => countFirstDays(t, address, name)))
  await sendRecords(address, kept!.topic.name, days(20, 10, 20))
  const sameEpoch = await describe(t, address, kept!.topic.name)
  await broker.kill()
  broker = await startBroker({ directory, port })
  await sendRecords(address, older!.topic.name, days(20, 10, 20))
  const twoEpochs = await describe(t, address, older!.topic.name, older!.epochs)
  const topic = await createTopic(t, address, renewed!.topic.name)
  await sendRecords(address, topic.name, days(0, 12, 50))
  const anew = await describe(t, address, topic.name)
  const [empty, unknown] = [await temporaryFolder(t), await temporaryFolder(t)]
  cpSync(renewed!.template, unknown, { recursive: true })
  rmSync(join(unknown, '.almanac/partition-2.json'))
  const oldFile = readFileSync(join(renewed!.template, 'partition-2.json'), 'utf8')
  const given = { address, args: [] as string[], oldFile: undefined }
  return [
    { ...given, ...sameEpoch, name: 'first start, in an empty folder', template: empty },
    { ...given, ...sameEpoch, name: 'new records', template: kept!.template },
    { ...given, ...twoEpochs, name: 'new records of a new leader epoch', template: older!.template },
    { ...given, ...anew, name: 'recreated topic', template: renewed!.template, oldFile },
    { ...given, ...anew, name: 'file of an unknown topic', template: unknown, oldFile },
    { ...given, ...sameEpoch, name: '`--rebuild`', template: kept!.template, args: ['--rebuild'] },
  ]
}

/** Sends the first days to a topic and has a consumer count them. */
async function countFirstDays(t: TestContext, address: string, name: string) {
  await sendRecords(address, name, days(0, 20, 10))
  const described = await describe(t, address, name)
  const template = await temporaryFolder(t)
  await consume(t, { address, topic: described.topic, args: [] }, template)
  assert.equal(described.records.length, 24)
  return { ...described, template }
}

/** What the broker says of a topic whose newest records, those past `before`, are of the leader's epoch now. */
async function describe(t: TestContext, address: string, name: string, before: Scenario['epochs'] = []) {
  const records = await readTopic(address, name)
  const topics = await startAdmin(t, address).metadata({ topics: [name], forceUpdate: true })
  const { id, partitions } = topics.topics.get(name)!
  const now = partitions[2]!.leaderEpoch
  assert.ok(now > (before.at(-1)?.[0] ?? -1), `leader epoch ${now}`)
  const epochs: Scenario['epochs'] = [...before, [now, before.length > 0 ? 24 : 0]]
  return { topic: { name, id }, records, epochs, expected: expectedFile(records, 2) }
}

/** Runs a consumer of partition 2 in a folder to the end of the log. */
export async function consume(
  t: TestContext,
  { address, topic, args }: Pick<Scenario, 'address' | 'topic' | 'args'>,
  folder: string,
  environment: Record<string, string> = {},
) {
  const end = await runProgram(t, 'consumer.ts', ['2', '--exit-at-end', ...args], {
    ...{ KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: topic.name, DATA_DIR: folder },
    ...environment,
  })
  const isRight = end.code === 0 || environment.FILE_CALLS_DIE || environment.FILE_CALLS_FAIL
  if (!isRight) throw new Error(`the consumer ended with ${end.code}, ${end.signal}: ${end.stderr}`)
  return end
}

/** Runs a scenario in a copy of its folder and returns what it did to files, in order. */
export async function traceScenario(t: TestContext, scenario: Scenario): Promise<FileCall[]> {
  const folder = await temporaryFolder(t)
  const log = join(await temporaryFolder(t), 'calls')
  cpSync(scenario.template, folder, { recursive: true })
  await consume(t, scenario, folder, watched(folder, { FILE_CALLS_LOG: log }))
  return readFileSync(log, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/**
 * Runs a scenario and kills the consumer at a moment; then starts it again, and returns the partition file.
 *
 * @param later moments at which the starts after it are killed, should they come there
 */
export async function dieAndStartAgain(
  t: TestContext,
  scenario: Scenario,
  moment: Moment,
  later: readonly Moment[] = [],
): Promise<object> {
  const folder = await temporaryFolder(t)
  cpSync(scenario.template, folder, { recursive: true })
  const dieAt = (at: Moment, args: string[]) =>
    consume(t, { ...scenario, args }, folder, watched(folder, { FILE_CALLS_DIE: JSON.stringify(at) }))
  const { signal, code, stderr } = await dieAt(moment, scenario.args)
  assert.equal(signal, 'SIGKILL', `${JSON.stringify(moment)} did not come; exit code ${code}, ${stderr}`)
  for (const at of later) {
    const end = await dieAt(at, [])
    assert.ok(end.signal === 'SIGKILL' || end.code === 0, end.stderr)
  }
  return startAgain(t, scenario, folder)
}

/** Runs a scenario on a disk that fails at a call; then again on a sound one, and returns what was said and the file. */
export async function failAndStartAgain(t: TestContext, scenario: Scenario, failure: Failure) {
  const folder = await temporaryFolder(t)
  cpSync(scenario.template, folder, { recursive: true })
  const fail = { FILE_CALLS_FAIL: JSON.stringify(failure) }
  const { code, stderr } = await consume(t, scenario, folder, watched(folder, fail))
  const left = globSync(['*.tmp', '.almanac/*.tmp', 'archive/**/*.tmp'], { cwd: folder })
  return { code, stderr, left, file: await startAgain(t, scenario, folder) }
}

async function startAgain(t: TestContext, scenario: Scenario, folder: string): Promise<object> {
  await consume(t, { ...scenario, args: [] }, folder)
  const leftOver = ['partition-2.json.tmp', '.almanac/partition-2.json.tmp']
  assert.deepEqual(
    leftOver.filter((name) => existsSync(join(folder, name))),
    [],
  )
  return JSON.parse(readFileSync(join(folder, 'partition-2.json'), 'utf8'))
}

function watched(folder: string, settings: Record<string, string>): Record<string, string> {
  return { NODE_OPTIONS: `--import=${preload}`, FILE_CALLS_FOLDER: folder, ...settings }
}
