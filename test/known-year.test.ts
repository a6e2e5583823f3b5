import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import test from 'node:test'
import { type ObservationOptions, readInputs } from '../files/lib/observations/observations.ts'
import { brokerAddress, uniqueTopic } from './support/kafka.ts'
import { drawKnownYear, type KnownYear } from './support/known-year.ts'
import { readPartitionFile } from './support/partition-files.ts'
import { runProgram, temporaryFolder } from './support/program.ts'
import { randomFrom, seededRandom } from './support/seeded-random.ts'

const rounds = Number(process.env.ROUNDS ?? 10_000)

/** Whether the days are those of the year, to a millionth of a degree; the first difference otherwise. */
function differenceFrom({ truth }: KnownYear, days: readonly { date: string; degrees: number }[]) {
  const found = new Map(days.map(({ date, degrees }) => [date, degrees]))
  for (const [date, degrees] of found) {
    const right = truth.get(date)
    if (right === undefined || Math.abs(right - degrees) > 1e-6) return `${date}: ${degrees}, not ${right}`
  }
  const [absent] = [...truth.keys()].filter((date) => !found.has(date))
  return absent && `${absent} is not there`
}

/** The options that an error names, with the first of their values; undefined when it names none. */
function adviceOf(message: string): ObservationOptions[] {
  const [, units = ''] = /Say (?:it|which it is) by (--units [^.]*)\./.exec(message) ?? []
  const advised: ObservationOptions[] = [...units.matchAll(/--units (\w+)/g)].map(([, unit]) => ({
    unit: unit as 'F',
  }))
  const [, column] = /its columns '([^']*)' and .*--column/.exec(message) ?? []
  if (column) advised.push({ column })
  const [, station] = /--station:\n {2}(.+?) {2}/.exec(message) ?? []
  if (station) advised.push({ station })
  if (message.includes('--date-order dmy')) advised.push({ dateOrder: 'dmy' }, { dateOrder: 'mdy' })
  if (message.includes('--good-flags')) advised.push({ goodFlags: ['any'] })
  if (message.includes('--missing=none')) advised.push({ missing: [] })
  if (message.includes('--trust-units')) advised.push({ isUnitTrusted: true })
  return advised
}

test('no advice leads in a circle: the next run stops for another reason, or not', async (t) => {
  const random = seededRandom(t)
  const followed = new Map<string, number>()
  for (let round = 0; round < rounds / 4; round++) {
    const seed = Math.floor(random() * 2 ** 32)
    const { text, options, drawn } = drawKnownYear(randomFrom(seed))
    const read = async (options: object) => {
      const chunks = Readable.from([Buffer.from(text)])
      const { message = '' } = await readInputs([() => ({ source: 'f', chunks })], options).then(
        () => ({ message: '' }),
        (error: Error) => error,
      )
      return message
    }
    const before = await read(options)
    for (const advised of adviceOf(before)) {
      const after = await read({ ...options, ...advised })
      const [name] = Object.keys(advised) as [string]
      followed.set(name, (followed.get(name) ?? 0) + 1)
      const isRepeated = adviceOf(after).some((again) => Object.keys(again)[0] === name)
      assert.ok(
        !isRepeated,
        `seed ${seed} of a file, ${JSON.stringify({ ...drawn, options })}:\n${before}\n${JSON.stringify(advised)}:\n${after}`,
      )
    }
  }
  t.diagnostic(JSON.stringify(Object.fromEntries(followed)))
  for (const name of ['unit', 'column', 'station', 'dateOrder', 'goodFlags', 'isUnitTrusted'])
    assert.ok(followed.has(name), name)
})

test(`a known year, written in ${rounds} ways, is read as it is or stops with a reason, and is never another one`, async (t) => {
  const random = seededRandom(t)
  const outcomes = { read: 0, stopped: 0 }
  /** Files that stop though nothing is wrong with them: to stop is never a wrong number, and must be rare. */
  const stoppedInVain: string[] = []
  for (let round = 0; round < rounds; round++) {
    const seed = Math.floor(random() * 2 ** 32)
    const year = drawKnownYear(randomFrom(seed))
    const told = () => `seed ${seed} of a file: ${JSON.stringify({ ...year.drawn, options: year.options })}`
    const chunks = Readable.from([Buffer.from(year.text)])
    const reading = readInputs([() => ({ source: 'f', chunks })], year.options as ObservationOptions)
    const result = await reading.catch((error: Error) => error)
    if (result instanceof Error) {
      assert.equal(result.name, 'OperatingError', `${told()}\n${result.stack}`)
      if (year.isClear) stoppedInVain.push(`${told()}\n${result.message}`)
      outcomes.stopped++
    } else if (result.days.length > 0 || year.isClear) {
      assert.equal(differenceFrom(year, result.days), undefined, told())
      outcomes.read++
    }
  }
  t.diagnostic(JSON.stringify({ ...outcomes, stoppedInVain: stoppedInVain.length }))
  assert.ok(stoppedInVain.length <= Math.max(1, rounds / 1000), stoppedInVain.join('\n\n'))
  assert.ok(outcomes.read > rounds / 10 && outcomes.stopped > rounds / 10, JSON.stringify(outcomes))
})

/** The command line for what was drawn. */
function argumentsFor({ options }: KnownYear): string[] {
  const names: Record<string, string> = {
    ...{ unit: 'units', dateOrder: 'date-order', goodFlags: 'good-flags', missing: 'missing' },
    ...{ column: 'column', station: 'station' },
  }
  return Object.entries(options).map(([key, value]) => `--${names[key]}=${value}`)
}

/** Each month's count, sum to a millionth, first and last day, `January 2020` for key. */
function monthsOf({ truth }: KnownYear) {
  const months: Record<string, { count: number; sum: number; start: string; end: string }> = {}
  for (const [date, degrees] of [...truth].toSorted()) {
    const name = new Date(date).toLocaleString('en', { month: 'long', year: 'numeric', timeZone: 'UTC' })
    const month = months[name] ?? { count: 0, sum: 0, start: date, end: date }
    months[name] = { ...month, count: month.count + 1, sum: month.sum + degrees, end: date }
  }
  return months
}

type Stats = { count: number; sum: number; avg: number; start: string; end: string }

/** The months of a partition file, each with its year, averages held against their sums and left out. */
function monthsIn({
  partition: _partition,
  offset: _offset,
  ...months
}: Record<string, Record<string, Stats>>) {
  return Object.entries(months).flatMap(([month, years]) =>
    Object.entries(years).map(([year, { avg, ...stats }]) => {
      assert.ok(Math.abs(avg - stats.sum / stats.count) < 1e-9)
      return [`${month} ${year}`, stats] as const
    }),
  )
}

const sample = 8

test(`the partition files of ${sample} known years are theirs`, async (t) => {
  const random = seededRandom(t)
  let tried = 0
  while (tried < sample) {
    const seed = Math.floor(random() * 2 ** 32)
    const year = drawKnownYear(randomFrom(seed))
    if (!year.isClear) continue
    tried++
    const told = `seed ${seed} of a file: ${JSON.stringify({ ...year.drawn, options: year.options })}`
    const folder = await temporaryFolder(t)
    const file = join(folder, 'station.csv')
    await writeFile(file, year.text)
    const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: uniqueTopic(), DATA_DIR: folder }
    const args = [`--observations=${file}`, ...argumentsFor(year)]
    const producer = await runProgram(t, 'producer.ts', args, environment)
    assert.equal(producer.code, 0, `${told}\n${producer.stderr}`)
    const counting = ['0', '1', '2', '3', '--exit-at-end']
    const consumer = await runProgram(t, 'consumer.ts', counting, environment)
    assert.equal(consumer.code, 0, consumer.stderr)
    const found = [0, 1, 2, 3].flatMap((partition) => monthsIn(readPartitionFile(folder, partition)))
    const expected = monthsOf(year)
    assert.deepEqual(found.map(([name]) => name).toSorted(), Object.keys(expected).toSorted(), told)
    for (const [name, { sum, ...rest }] of found) {
      const { sum: right, ...others } = expected[name]!
      assert.deepEqual(rest, others, `${name}: ${told}`)
      assert.ok(Math.abs(sum - right) < 1e-6, `${name}: ${sum}, not ${right}: ${told}`)
    }
  }
})
