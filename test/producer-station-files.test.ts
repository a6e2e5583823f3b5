import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { brokerAddress, uniqueTopic } from './support/kafka.ts'
import { runProgram, temporaryFolder } from './support/program.ts'
import { readTopic } from './support/read-topic.ts'
import { fortnight, stationExamples } from './support/station-examples.ts'

/** Sends a file, counts the topic, and returns the four partition files. */
async function sendAndCount(t: TestContext, args: readonly string[]) {
  const directory = await temporaryFolder(t)
  const topic = uniqueTopic()
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: directory }
  const produced = await runProgram(t, 'producer.ts', args, environment)
  assert.deepEqual([produced.code, produced.stderr], [0, ''])
  const counted = await runProgram(t, 'consumer.ts', ['0', '1', '2', '3', '--exit-at-end'], environment)
  assert.equal(counted.code, 0, counted.stderr)
  const read = (partition: number) => readFileSync(join(directory, `partition-${partition}.json`), 'utf8')
  return { topic, stdout: produced.stdout, files: [0, 1, 2, 3].map(read) }
}

test('the same fortnight in the files of seven programs makes the same partition files, byte by byte', async (t) => {
  let expected: string[] | undefined
  for (const { program, path, args, leftOut } of stationExamples) {
    const { topic, stdout, files } = await sendAndCount(t, ['--observations', path, ...args])
    const summary = `Sent 13 days (1 without a value skipped${leftOut}) in `
    assert.ok(stdout.includes(summary), `${program}: ${stdout}`)
    const records = await readTopic(brokerAddress(), topic)
    assert.deepEqual(
      records.map(({ date, degrees }) => [date, Math.round(degrees * 1e6) / 1e6]).sort(),
      fortnight.map(([date, tenths]) => [date, (tenths * 18 + 3200) / 100]),
      program,
    )
    expected ??= files
    assert.deepEqual(files, expected, program)
  }
  // By hand: 1258 tenths of °C in the seven days of March are 1258 * 0.18 + 7 * 32 °F.
  const { sum, count, start, end } = readMonth(expected!, 'March')
  assert.deepEqual([count, start, end, sum.toFixed(6)], [7, '2024-03-25', '2024-03-31', '450.440000'])
  assert.equal(readMonth(expected!, 'April').count, 6)
})

function readMonth(files: readonly string[], month: string) {
  const found = files.map((file) => JSON.parse(file)[month]).find((years) => years !== undefined)
  return found['2024'] as { count: number; sum: number; start: string; end: string }
}
