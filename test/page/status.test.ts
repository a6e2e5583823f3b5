import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { test } from 'node:test'
import parsePrometheus from 'parse-prometheus-text-format'
import { parseStatus, type Status } from '../../files/lib/engine/status-file.ts'
import { chaosPath } from '../../files/lib/results/chaos-status.ts'
import { emptyCheckpoint } from '../../files/lib/stats/checkpoint.ts'
import { readChaos } from '../../files/page/chaos-line.ts'
import { createLagClock } from '../../files/page/lag.ts'
import { formatMetrics } from '../../files/page/metrics.ts'
import type { Reading } from '../../files/page/readings.ts'
import { stateWord } from '../../files/page/state-word.ts'
import { statusStrip } from '../../files/page/status-strip.ts'
import { temporaryFolder } from '../support/program.ts'

const now = new Date(2026, 0, 1, 12, 0, 10).getTime()
const status: Status = {
  ...{ pid: 7, host: 'here', state: 'live', offset: 100, endOffset: 100, rate: 10 },
  ...{ heartbeat: now - 500, error: null },
}

function reading(changes: Partial<Status> | undefined, offset = 100): Reading {
  return {
    ...{ partition: 2, checkpoint: { ...emptyCheckpoint(2), offset }, counted: 90, modifiedAt: now - 4200 },
    ...{
      problem: undefined,
      memory: undefined,
      status: changes && { ...status, ...changes },
      lag: { ms: 2500, isAtLeast: false },
    },
  }
}

test('the state comes from the heartbeat, whatever the state says', () => {
  const words = (changes: Partial<Status>) => stateWord(reading(changes), now).words
  assert.equal(words({}), 'live')
  assert.equal(words({ heartbeat: now - 2900 }), 'live')
  assert.equal(words({ heartbeat: now - 3100 }), 'stale since 12:00:06')
  assert.equal(words({ state: 'catching up', heartbeat: now - 60_000 }), 'stale since 11:59:10')
  assert.equal(words({ state: 'stopped', heartbeat: now - 60_000 }), 'stopped at 11:59:10')
  assert.equal(words({ state: 'reconnecting' }), 'broker away, reconnecting')
  assert.equal(words({ state: 'waiting', endOffset: null }), 'waiting for the topic')
  assert.equal(stateWord(reading(undefined), now).words, 'no consumer yet')
})

test('a transaction that stays open is told with its first offset and since when, a short one is not', () => {
  const words = (since: number) =>
    stateWord(reading({ openTransaction: { firstOffset: 4117, since } }), now).words
  assert.equal(words(now - 5000), 'a transaction is open at offset 4,117 since 12:00:05')
  assert.equal(words(now - 4999), 'live')
  const open = { ...status, openTransaction: { firstOffset: 4117, since: now } }
  assert.deepEqual(parseStatus(JSON.stringify(open)), open)
  assert.equal(parseStatus(JSON.stringify({ ...status, openTransaction: { firstOffset: 'x' } })), undefined)
  const metrics = formatMetrics([reading({ openTransaction: { firstOffset: 4117, since: now - 7000 } })], now)
  assert.match(metrics, /^almanac_partition_open_transaction_seconds\{partition="2"\} 7$/m)
})

test('catching up tells the time left at the rate it has', () => {
  const words = (changes: Partial<Status>) =>
    stateWord(reading({ state: 'catching up', ...changes }), now).words
  assert.equal(words({ endOffset: 60_100, rate: 5000 }), 'catching up, 12 s left at 5,000 records/s')
  assert.equal(words({ endOffset: 60_100, rate: 0 }), 'catching up')
})

test('a strip has offset, end, lag in records and time, rate, age and what was not counted, and escapes errors', () => {
  const { markup } = statusStrip([reading({ endOffset: 1100, state: 'catching up' })], now)
  const cells = [...markup.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) =>
    cell!.replace(/<span.*?<\/span>/g, '').trim(),
  )
  assert.deepEqual(cells, [
    'catching up, 1 min left at 10 records/s',
    '100',
    '1,100',
    '1,000',
    '2 s',
    '10',
    '4 s ago',
    '10',
  ])
  const stopped = statusStrip([reading({ state: 'stopped', error: '<script>' })], now).markup
  assert.match(stopped, /Partition 2 stopped:<\/b> &lt;script&gt;/)
})

test('a file that cannot be used is told with its reason, and that the last good copy is shown', () => {
  const damaged = { ...reading({}), problem: { text: 'offset is "x"', since: now - 1000 } }
  assert.match(
    statusStrip([damaged], now).markup,
    /stale since 12:00:09, the last good copy is shown:<\/b> offset is &quot;x&quot;/,
  )
})

test('lag in time is the age of the oldest record that is not counted, as far as it was seen', () => {
  const clock = createLagClock()
  assert.deepEqual(clock.measure(100, 100, 0), { ms: 0, isAtLeast: false })
  assert.deepEqual(clock.measure(100, 150, 1000), { ms: 0, isAtLeast: false })
  assert.deepEqual(clock.measure(120, 200, 5000), { ms: 4000, isAtLeast: false })
  assert.deepEqual(clock.measure(150, 200, 6000), { ms: 1000, isAtLeast: false })
  assert.deepEqual(clock.measure(200, 200, 7000), { ms: 0, isAtLeast: false })
  // The topic is recreated.
  assert.deepEqual(clock.measure(0, 50, 8000), { ms: 0, isAtLeast: true })
  assert.deepEqual(clock.measure(10, 60, 9000), { ms: 1000, isAtLeast: true })
  assert.deepEqual(clock.measure(55, 60, 9500), { ms: 500, isAtLeast: false })
})

test('lag in time takes bounded memory and stays right', () => {
  const clock = createLagClock()
  clock.measure(0, 0, 0)
  let lag = { ms: 0, isAtLeast: false }
  for (let second = 1; second <= 50_000; second++) lag = clock.measure(0, second, second * 1000)
  assert.deepEqual(lag, { ms: 49_999_000, isAtLeast: false })
})

test('a status that makes no sense is as good as none', () => {
  assert.deepEqual(parseStatus(JSON.stringify(status)), status)
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '{}',
    JSON.stringify({ ...status, state: 'odd' }),
    JSON.stringify({ ...status, rate: '5' }),
  ])
    assert.equal(parseStatus(text), undefined, text)
})

test('a parser of Prometheus reads the metrics, without values that are not known', () => {
  const families = parsePrometheus(
    formatMetrics([reading({ endOffset: 1100 }), { ...reading(undefined), partition: 3 }], now),
  )
  const values = Object.fromEntries(
    families.map(({ name, type, metrics }) => [
      name,
      [type, ...metrics.map(({ value, labels }) => [labels?.partition, Number(value)])],
    ]),
  )
  assert.deepEqual(values.almanac_partition_offset, ['GAUGE', ['2', 100], ['3', 100]])
  assert.deepEqual(values.almanac_partition_end_offset, ['GAUGE', ['2', 1100]])
  assert.deepEqual(values.almanac_partition_lag_records, ['GAUGE', ['2', 1000]])
  assert.deepEqual(values.almanac_partition_counted, ['GAUGE', ['2', 90], ['3', 90]])
  assert.deepEqual(values.almanac_partition_not_counted, ['GAUGE', ['2', 10], ['3', 10]])
  assert.deepEqual(values.almanac_partition_file_age_seconds, ['GAUGE', ['2', 4.2], ['3', 4.2]])
  assert.deepEqual(values.almanac_partition_lag_seconds, ['GAUGE', ['2', 2.5], ['3', 2.5]])
})

test('the strip tells of consumers that are killed on purpose, and of files that differ', () => {
  const chaos = {
    ...{ kills: 3, restartMs: { median: 700, worst: 900 }, numbers: 36, difference: null },
    heartbeat: now,
  }
  const line = (changes: object) => statusStrip([reading({})], now, { ...chaos, ...changes }).markup
  assert.match(
    line({}),
    /<p class="chaos"><b>Consumers are killed on purpose:<\/b> 3 kills survived, live again after 700 ms \(at worst 900 ms\), all 36 numbers agree with the log\.<\/p>$/,
  )
  assert.match(line({ difference: '<b>' }), /<p class="problem">.*DIFFER from the log: &lt;b&gt;\.<\/p>$/)
  assert.doesNotMatch(statusStrip([reading({})], now).markup, /on purpose/)
})

test('a status of chaos that is no file is as good as none', async (t) => {
  const folder = await temporaryFolder(t)
  assert.equal(readChaos(folder, now), undefined)
  mkdirSync(chaosPath(folder), { recursive: true })
  assert.equal(readChaos(folder, now), undefined)
})
