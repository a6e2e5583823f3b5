/*
 * Command lines and environments that make no sense, by the ten thousand to the functions that parse them and by the
 * dozen to the programs: each is refused by name, with the usage or the variable, and exit code 2; never a stack.
 * USAGE_RUNS sets how many programs are started, SEED runs them again.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseBrokerOptions } from '../broker/broker-options.ts'
import { parseClusterOptions } from '../broker/cluster-options.ts'
import { parseConsumerOptions } from '../files/lib/consume/consumer-options.ts'
import { Answer, UsageError } from '../files/lib/core/program.ts'
import {
  brokerSettings,
  dataDirectory,
  delaySeconds,
  replicationFactor,
  topicName,
} from '../files/lib/core/settings.ts'
import { parseProducerOptions } from '../files/lib/produce/producer-options.ts'
import { parseVerifyOptions } from '../files/lib/verify/verify-options.ts'
import { parseDashboardOptions } from '../files/page/dashboard-options.ts'
import { parseStartOptions } from '../pipeline/start-options.ts'
import { seededRandom } from './support/seeded-random.ts'

const root = join(import.meta.dirname, '..')
type UpTo = (limit: number) => number

/** How each program parses its command line. */
const parsers: Record<string, (args: string[]) => unknown> = {
  'files/consumer.ts': parseConsumerOptions,
  'files/producer.ts': parseProducerOptions,
  'files/verify.ts': parseVerifyOptions,
  'files/dashboard.ts': parseDashboardOptions,
  'broker/broker.ts': parseBrokerOptions,
  'broker/cluster.ts': parseClusterOptions,
  'start.ts': (args) => parseStartOptions(args, root),
}

const flags =
  'exit-at-end rebuild append delay days-per-second observations follow station name from to units trust-units column missing good-flags date-order timezone no-model send-today list-skipped partition json list month until at-date port host normals directory advertise user heap throughput prepare check page-port chaos head-start allow-host allow-origin help version'
    .split(' ')
    .map((flag) => `--${flag}`)
const values = [
  ...[
    '',
    '0',
    '1',
    '2',
    '3',
    '4',
    '00',
    '-1',
    '+1',
    '1.5',
    '1e3',
    '0x1',
    '9'.repeat(400),
    'NaN',
    'Infinity',
    '١',
  ],
  ...[
    '65535',
    '65536',
    '2001-02-28',
    '2001-02-29',
    '9999-12-31',
    '0000-01-01',
    'January-2010',
    'january-2010',
  ],
  ...[
    '-',
    '--',
    '---',
    '-x',
    '--=',
    '=',
    ' ',
    '\n',
    '\u001b[2J',
    '\ud800',
    '../..',
    '/dev/null',
    '/',
    '%s%n',
    '__proto__',
  ],
  ...[
    'F',
    'C',
    'tenths',
    'USW00094728',
    '127.0.0.1',
    '::1',
    '1991-2020',
    '2020-1991',
    'x'.repeat(5000),
    'constructor',
  ],
]

function randomArgs(upTo: UpTo): string[] {
  const flag = () => {
    const name = flags[upTo(flags.length)]!
    const kind = upTo(10)
    if (kind < 3) return `${name}=${values[upTo(values.length)]}`
    return kind === 3 ? name.slice(0, upTo(name.length)) : kind === 4 ? name.slice(1) : name
  }
  return Array.from({ length: upTo(6) }, () => (upTo(2) === 0 ? flag() : values[upTo(values.length)]!))
}

/** What the parser says to arguments: nothing when it takes or answers them; anything but a refusal fails. */
function refusalOf(parse: () => unknown, what: string): string | undefined {
  try {
    parse()
    return undefined
  } catch (error) {
    if (error instanceof UsageError) return error.message
    if (error instanceof Answer) return undefined
    throw new Error(`no refusal: ${what}`, { cause: error })
  }
}

for (const [program, parse] of Object.entries(parsers)) {
  test(`10,000 command lines of ${program} are taken or refused with the usage`, (t) => {
    const random = seededRandom(t)
    const upTo = (limit: number) => Math.floor(random() * limit)
    let refused = 0
    for (let run = 0; run < 10_000; run++) {
      const args = randomArgs(upTo)
      const refusal = refusalOf(() => parse(args), `${run}: ${JSON.stringify(args)}`)
      if (refusal === undefined) continue
      refused++
      assert.match(refusal, /usage/i, `${run}: ${JSON.stringify(args)}`)
    }
    t.diagnostic(`${refused} refused`)
  })
}

test('what the consumer takes are partitions that there are, each once', (t) => {
  const random = seededRandom(t)
  const upTo = (limit: number) => Math.floor(random() * limit)
  for (let run = 0; run < 10_000; run++) {
    const args = Array.from({ length: 1 + upTo(3) }, () => values[upTo(values.length)]!)
    try {
      const { partitions } = parseConsumerOptions(args)
      assert.equal(new Set(partitions).size, partitions.length)
      assert.ok(
        partitions.every((partition) => [0, 1, 2, 3].includes(partition)),
        JSON.stringify(args),
      )
    } catch (error) {
      assert.ok(error instanceof UsageError, `${JSON.stringify(args)}: ${(error as Error).stack}`)
    }
  }
})

const variables = [
  ...['KAFKA_BOOTSTRAP_SERVERS', 'KAFKA_SECURITY_PROTOCOL', 'KAFKA_SSL_CA', 'KAFKA_SASL_MECHANISM'],
  ...[
    'KAFKA_SASL_USERNAME',
    'KAFKA_SASL_PASSWORD',
    'TOPIC',
    'TOPIC_REPLICATION_FACTOR',
    'AUTOGRADER_DELAY_OVERRIDE_VAL',
  ],
  'DATA_DIR',
]
const settings = [
  ...[
    '127.0.0.1:9092',
    'localhost:1,[::1]:2',
    ',',
    'a:b',
    ':9092',
    'a:0',
    'a:65536',
    'a b:1',
    'http://a:1',
    'a:1,',
  ],
  ...[
    'PLAINTEXT',
    'SSL',
    'SASL_SSL',
    'SASL_PLAINTEXT',
    'ssl',
    'PLAIN',
    'SCRAM-SHA-256',
    'SCRAM-SHA-512',
    '.',
    '..',
  ],
  ...[
    'temperatures',
    'x'.repeat(249),
    'x'.repeat(250),
    'a/b',
    '/no/such/file',
    '0',
    '1',
    '-1',
    '1e400',
    '86401',
    'ä',
  ],
]

function randomEnvironment(upTo: UpTo): Record<string, string> {
  const all = [...settings, ...values]
  const chosen = variables.filter(() => upTo(4) === 0)
  return Object.fromEntries(chosen.map((name) => [name, all[upTo(all.length)]!]))
}

test('10,000 environments are taken or refused by the name of a variable', (t) => {
  const random = seededRandom(t)
  const upTo = (limit: number) => Math.floor(random() * limit)
  let refused = 0
  for (let run = 0; run < 10_000; run++) {
    const environment = randomEnvironment(upTo)
    for (const parse of [brokerSettings, topicName, replicationFactor, delaySeconds, dataDirectory]) {
      const refusal = refusalOf(() => parse(environment), JSON.stringify(environment))
      if (refusal === undefined) continue
      refused++
      assert.match(refusal, new RegExp(`^(${variables.join('|')}) `), JSON.stringify(environment))
    }
  }
  t.diagnostic(`${refused} refused`)
})

type Run = { program: string; args: string[]; environment: Record<string, string>; says: RegExp }

/** A run that must end at once with exit code 2. */
function randomRun(upTo: UpTo): Run {
  const names = Object.keys(parsers)
  for (;;) {
    const program = names[upTo(names.length)]!
    const args = randomArgs(upTo).map((text) => text.toWellFormed())
    if (refusalOf(() => parsers[program]!(args), program))
      return { program, args, environment: {}, says: /usage/i }
    if (isAnswered(() => parsers[program]!(args))) continue
    const environment = randomEnvironment(upTo)
    const isAsking = ['files/verify.ts', 'files/producer.ts', 'files/consumer.ts'].includes(program)
    const isRefused = [brokerSettings, topicName].some((parse) =>
      refusalOf(() => parse(environment), program),
    )
    if (isAsking && isRefused) return { program, args, environment, says: new RegExp(variables.join('|')) }
  }
}

function isAnswered(parse: () => unknown): boolean {
  try {
    parse()
    return false
  } catch (error) {
    return error instanceof Answer
  }
}

async function expectRefusal({ program, args, environment, says }: Run): Promise<void> {
  const child = spawn(process.execPath, [join(root, program), ...args], {
    env: { ...process.env, ...environment, NODE_TEST_CONTEXT: undefined },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  const said = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (said.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (said.stderr += text))
  const code = await new Promise((resolve) => child.once('close', resolve))
  const what = `${program} ${JSON.stringify(args)} ${JSON.stringify(environment)}: ${said.stderr}`
  assert.equal(code, 2, what)
  assert.match(said.stderr, says, what)
  assert.doesNotMatch(said.stderr, /^ +at .*:\d+:\d+/m, what)
  assert.equal(said.stdout, '', what)
}

test('programs end with exit code 2 and the usage, or the name of the variable', (t) => refuseAll(t))

async function refuseAll(t: TestContext): Promise<void> {
  const random = seededRandom(t)
  const upTo = (limit: number) => Math.floor(random() * limit)
  const runs = Array.from({ length: Number(process.env.USAGE_RUNS || 16) }, () => randomRun(upTo))
  const left = [...runs]
  const work = async () => {
    for (let run = left.pop(); run; run = left.pop()) await expectRefusal(run)
  }
  await Promise.all([work(), work(), work()])
  t.diagnostic(`${runs.length} programs started`)
}
