import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { startBroker } from '../broker/start-broker.ts'
import { recreateTopic } from '../files/lib/topic/open-topic.ts'
import { brokerAddress, createTopic, startAdmin, uniqueTopic } from './support/kafka.ts'
import { type RunningProgram, runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { type RawRecord, reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

// One form of line, read here without the code that writes it.
const linePattern =
  /^\{'partition': (\d), 'key': '(\w+)', 'date': '(\d{4}-\d\d-\d\d)', 'degrees': (-?\d+\.\d+)\}$/

// Debug programs share the group `debug`, so this file's tests run one after another.
function startDebug(t: TestContext, topic: string, address = brokerAddress()): RunningProgram {
  return startProgram(t, 'debug.ts', [], { KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: topic })
}

function lines(debug: RunningProgram): string[] {
  return debug.stdout().split('\n').slice(0, -1)
}

function dates(debug: RunningProgram): string[] {
  return lines(debug).map((line) => linePattern.exec(line)?.[3] ?? line)
}

/** Days of 2024, `from` to `to` counted from 0. */
function days(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, day) =>
    new Date(Date.UTC(2024, 0, 1 + from + day)).toISOString().slice(0, 10),
  )
}

function send(topic: string, ...sent: string[]): Promise<void> {
  return sendRecords(brokerAddress(), topic, [sent.map((date) => reportRecord(date, 1))])
}

/** Sends days, the first ones of the sixties, until each of the four partitions' first line is there. */
async function untilReading(
  topic: string,
  debugs: RunningProgram[],
  address = brokerAddress(),
): Promise<void> {
  await waitFor('a line of each partition', async () => {
    const records: RawRecord[] = ['03', '02', '01', '05'].map((month) => reportRecord(`1960-${month}-01`, 0))
    await sendRecords(address, topic, [records])
    const partitions = debugs.flatMap((debug) => lines(debug).map((line) => linePattern.exec(line)?.[1]))
    return new Set(partitions).size === 4
  })
}

function withoutFirst(printed: string[]): string[] {
  return printed.filter((date) => !date.startsWith('1960'))
}

test('debug.ts prints the records that arrive, from the log’s end on, and nothing else', async (t) => {
  const { name: topic } = await createTopic(t)
  await send(topic, '2023-12-31')
  const debug = startDebug(t, topic)
  await untilReading(topic, [debug])
  await sendRecords(brokerAddress(), topic, [
    [
      reportRecord('2000-12-26', 31.5235),
      reportRecord('2000-12-26', 1_000_000),
      reportRecord('2001-01-01', 0),
    ],
  ])
  const printed = await waitFor('the line', () =>
    lines(debug).at(-1)?.includes('2001-01-01') ? lines(debug) : undefined,
  )
  assert.deepEqual(printed.slice(-3), [
    `{'partition': 2, 'key': 'December', 'date': '2000-12-26', 'degrees': 31.5235}`,
    `{'partition': 2, 'key': 'December', 'date': '2000-12-26', 'degrees': 1000000.0}`,
    `{'partition': 2, 'key': 'January', 'date': '2001-01-01', 'degrees': 0.0}`,
  ])
  assert.ok(printed.every((line) => linePattern.test(line)))
  assert.ok(!dates(debug).includes('2023-12-31'))
  debug.child.kill('SIGINT')
  assert.deepEqual(await debug.ended, { code: 0, signal: null })
  assert.equal(debug.stderr(), '')
})

test('debug.ts prints records that are no reports as lines that Python can parse', async (t) => {
  const { name: topic } = await createTopic(t)
  const debug = startDebug(t, topic)
  await untilReading(topic, [debug])
  const bad = { key: Buffer.from("O'Hare"), value: Buffer.from("\xff'\n", 'latin1'), partition: 3 }
  await sendRecords(brokerAddress(), topic, [[bad, { key: null, value: Buffer.alloc(0), partition: 3 }]])
  const printed = await waitFor('the lines', () =>
    lines(debug).at(-1)?.includes("'key': None") ? lines(debug).slice(-2) : undefined,
  )
  assert.deepEqual(printed, [
    `{'partition': 3, 'key': "O'Hare", 'date': None, 'degrees': None, 'value': b"\\xff'\\n"}`,
    `{'partition': 3, 'key': None, 'date': '', 'degrees': 0.0}`,
  ])
})

test('debug.ts waits for the topic, saying so once, and prints each record of it and its successors once', async (t) => {
  const topic = uniqueTopic()
  const debug = startDebug(t, topic)
  await waitFor('the notice', () => debug.stderr().includes(`Waiting for topic ${topic}`))
  const admin = startAdmin(t)
  const expected: string[] = []
  // Each topic has more records than the one before, so that its offsets fit the old ones too.
  for (let round = 1; round <= 4; round++) {
    await recreateTopic(admin, topic, 1, t.signal)
    const part = days(round * 70, round * 70 + 15 * round)
    await send(topic, ...part)
    expected.push(...part)
    await waitFor(`the lines of topic ${round}`, () => lines(debug).length >= expected.length)
  }
  assert.deepEqual(dates(debug).sort(), expected)
  assert.equal(debug.stderr().trim().split('\n').length, 1)
})

test('two debug.ts share the partitions, and one takes them all when the other ends', async (t) => {
  const { name: topic } = await createTopic(t)
  const first = startDebug(t, topic)
  await untilReading(topic, [first])
  const second = startDebug(t, topic)
  await waitFor('both to print', async () => {
    await untilReading(topic, [first, second])
    return lines(second).length > 0
  })
  const shared = days(0, 150)
  await send(topic, ...shared)
  const printed = await waitFor('all lines', () => {
    const both = withoutFirst([...dates(first), ...dates(second)])
    return both.length >= shared.length ? both : undefined
  })
  assert.deepEqual(printed.sort(), shared)
  assert.ok(withoutFirst(dates(first)).length > 0 && withoutFirst(dates(second)).length > 0)
  second.child.kill('SIGTERM')
  await second.ended
  const before = lines(first).length
  await waitFor('a line of each partition', async () => {
    await send(topic, '1960-01-02', '1960-02-02', '1960-03-02', '1960-05-02')
    return (
      new Set(
        lines(first)
          .slice(before)
          .map((line) => linePattern.exec(line)?.[1]),
      ).size === 4
    )
  })
  const repeated = dates(first)
    .slice(before)
    .filter((date) => !date.startsWith('1960'))
  assert.deepEqual(repeated, [])
})

test('debug.ts goes on by itself when the broker is restarted or killed, and misses and repeats nothing', async (t) => {
  const directory = await temporaryFolder(t)
  let broker = await startBroker({ directory, port: 0, say: () => {} })
  t.after(() => broker.kill())
  const { address, port } = broker
  const topic = uniqueTopic()
  const admin = startAdmin(t, address)
  await recreateTopic(admin, topic, 1, t.signal)
  const debug = startDebug(t, topic, address)
  await untilReading(topic, [debug], address)
  const producer = startProgram(t, 'producer.ts', ['--append'], {
    ...{ KAFKA_BOOTSTRAP_SERVERS: address, TOPIC: topic, AUTOGRADER_DELAY_OVERRIDE_VAL: '0.02' },
  })
  const printed = lines(debug).length
  await waitFor('weather', () => lines(debug).length > printed + 10)
  for (const end of ['stop', 'kill'] as const) {
    await broker[end]()
    broker = await startBroker({ directory, port, say: () => {} })
    const before = lines(debug).length
    await waitFor(`lines after ${end}`, () => lines(debug).length > before + 30)
  }
  producer.child.kill('SIGTERM')
  assert.equal((await producer.ended).code, 0)
  // A broker that is away is told after 5 s; there is nothing else to tell.
  assert.match(
    producer.stderr(),
    /^(The (acknowledgement of|topic) .* (takes longer than 5 s: still trying|came after \d+ s)\.\n)*$/,
  )
  const weather = lines(debug).filter((line) => !line.includes(`'1960-0`) && !line.includes('1000000.0'))
  const last = await waitFor('the last line', () => dates(debug).at(-1))
  const start = Date.UTC(1960, 4, 2)
  const expected = weather.map((_, day) => new Date(start + day * 86_400_000).toISOString().slice(0, 10))
  assert.ok(last > '1960-05-02')
  assert.deepEqual(weather.map((line) => linePattern.exec(line)?.[3]).sort(), expected)
  assert.equal(debug.stderr(), '')
})

test('debug.ts ends quietly when its reader does, as head does', async (t) => {
  const { name: topic } = await createTopic(t)
  const program = join(import.meta.dirname, '../files/debug.ts')
  const script = `"$0" "$1" | head -1; echo "exit codes \${PIPESTATUS[*]}"`
  const shell = spawn('bash', ['-c', script, process.execPath, program], {
    env: { ...process.env, KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  t.after(() => shell.exitCode ?? process.kill(-shell.pid!, 'SIGKILL'))
  let output = ''
  shell.stdout.setEncoding('utf8').on('data', (text) => (output += text))
  shell.stderr.setEncoding('utf8').on('data', (text) => (output += text))
  await waitFor('the end', async () => {
    await send(topic, '2024-01-01')
    return output.includes('exit codes')
  })
  assert.match(output, /^\{'partition': 2, [^\n]*\}\nexit codes 0 0\n$/)
})

test('debug.ts ends with exit code 2 and the usage line for an argument', async (t) => {
  const { code, stderr } = await runProgram(t, 'debug.ts', ['2'])
  assert.equal(code, 2)
  assert.match(stderr, /\nUsage: debug\.ts\. See debug\.ts --help\n$/)
})
