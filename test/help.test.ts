// The command lines of all programs, from outside.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { brokerCommand } from '../broker/broker-options.ts'
import { clusterCommand } from '../broker/cluster-options.ts'
import { consumerCommand } from '../files/lib/consume/consumer-options.ts'
import type { Command } from '../files/lib/core/command.ts'
import { producerCommand } from '../files/lib/produce/producer-options.ts'
import { verifyCommand } from '../files/lib/verify/verify-options.ts'
import { dashboardCommand } from '../files/page/dashboard-options.ts'
import { startCommand } from '../pipeline/start-options.ts'
import { runProgram } from './support/program.ts'

const root = join(import.meta.dirname, '..')
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

const programs: Record<string, Command> = {
  'producer.ts': producerCommand,
  'consumer.ts': consumerCommand,
  'verify.ts': verifyCommand,
  'dashboard.ts': dashboardCommand,
  '../start.ts': startCommand,
  '../broker/broker.ts': brokerCommand,
  '../broker/cluster.ts': clusterCommand,
}

for (const program of [...Object.keys(programs), 'debug.ts', 'plot.ts']) {
  test(`${program} --help and --version answer on standard output with exit code 0, though no setting makes sense`, async (t) => {
    const environment = { KAFKA_BOOTSTRAP_SERVERS: 'no:address', TOPIC: 'no topic' }
    const help = await runProgram(t, program, ['--help'], environment)
    assert.deepEqual([help.code, help.stderr], [0, ''])
    assert.match(help.stdout, /^Usage: .+\n\n[\s\S]+\n\nOptions:\n[\s\S]+\n\nExamples:\n/)
    for (const [name, { help: sentence }] of Object.entries(programs[program]?.options ?? {})) {
      assert.match(help.stdout, new RegExp(`^  --${name}\\b`, 'm'))
      assert.match(sentence, /^[A-Z].*\.$/, `--${name}`)
    }
    assert.ok(
      help.stdout.split('\n').every((line) => line.length <= 100),
      help.stdout,
    )
    const answer = await runProgram(t, program, ['--version'], environment)
    assert.deepEqual(answer, { code: 0, signal: null, stdout: `Almanac ${version}\n`, stderr: '' })
  })
}

test('no program lets a hint of Node through, and each names its own option', async (t) => {
  const cases = {
    '../start.ts': [['--page-port', 'abc'], /^npm start: --page-port is 'abc': expected a whole number/],
    'verify.ts': [['--month', 'Foo-2010'], /^verify\.ts: --month is 'Foo-2010': expected a month and a year/],
    'producer.ts': [['--name', '-x'], /^producer\.ts: --name needs a value, found '-x'\. To give/],
    'dashboard.ts': [
      ['--normals', '1991'],
      /^dashboard\.ts: --normals is '1991': expected the first and last/,
    ],
    'debug.ts': [['--topic', 'x'], /^debug\.ts: Unknown option '--topic'\.\n/],
  } as const
  for (const [program, [args, message]] of Object.entries(cases)) {
    const { code, stdout, stderr } = await runProgram(t, program, args)
    assert.deepEqual([code, stdout], [2, ''])
    assert.match(stderr, message)
    assert.equal(stderr.split('\n').length, 3, stderr)
  }
})

test('each relation between options names options that there are', () => {
  for (const { name, options, exclusive = [], argumentsOf = [] } of Object.values(programs)) {
    const needed = Object.values(options).flatMap(({ needs = [] }) => needs)
    for (const other of [...exclusive.flat(), ...needed].concat(argumentsOf))
      assert.ok(Object.hasOwn(options, other), `${name}: --${other}`)
  }
})

test('docs/configuration.md has every option and every setting', () => {
  const text = readFileSync(join(root, 'docs/configuration.md'), 'utf8')
  for (const { name, options, settings = [] } of Object.values(programs)) {
    const [section] = text
      .split(/^## /m)
      .filter((section) => section.includes(name) && !section.startsWith('Settings'))
    assert.ok(section, name)
    for (const option of Object.keys(options))
      assert.ok(section.includes(`\`--${option}`), `${name} --${option}`)
    for (const setting of settings) assert.ok(text.includes(`\`${setting.split(' ')[0]}\``), setting)
  }
})
