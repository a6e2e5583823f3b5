import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Command, defaulted, flag, list, optional } from '../../../files/lib/core/command.ts'
import { parseCommandLine } from '../../../files/lib/core/command-line.ts'
import { anyText, oneOf, port, wholeNumber } from '../../../files/lib/core/option-values.ts'

const command = {
  name: 'sail.ts',
  purpose: 'Sails.',
  argumentsOf: 'chart',
  options: {
    port: defaulted('8080', 'N', port, 'Where to land.'),
    crew: optional('N', wholeNumber(1, 9), 'How many sail.'),
    chart: list('FILE', anyText, 'What to sail by.'),
    wind: optional('NAME', oneOf(['north', 'south']), 'Where it comes from.', { needs: 'chart' }),
    fast: flag('With all sails.'),
    slow: flag('With one.'),
  },
  exclusive: [['fast', 'slow']],
  settings: ['HARBOUR'],
  examples: [['sail.ts --fast', 'Away.']],
} satisfies Command

const parse = (...args: string[]) => parseCommandLine(command, args)

test('options have their value, their default, or nothing', () => {
  const nothing = { port: 8080, crew: undefined, chart: [], wind: undefined, fast: false, slow: false }
  assert.deepEqual(parse().values, nothing)
  assert.deepEqual(parse('--port=0', '--crew', '3', '--fast').values, {
    ...nothing,
    port: 0,
    crew: 3,
    fast: true,
  })
  const charted = parse('--chart', 'a', '--wind', 'north', 'b', '--chart=c', '--', '--d')
  assert.deepEqual(charted.values, { ...nothing, chart: ['a', 'c', 'b', '--d'], wind: 'north' })
})

test('options that another program shares are repeated to it as they were given', () => {
  const { port, wind, fast } = command.options
  const line = parse('--fast', '--chart', 'a b', '--wind', 'south')
  assert.deepEqual(line.repeat({ port, wind, fast }), ['--wind=south', '--fast'])
})

for (const [args, message] of [
  [['--port', 'abc'], "--port is 'abc': expected a whole number from 0 (any free port) to 65535."],
  [['--crew='], "--crew is '': expected a whole number from 1 to 9."],
  [['--prot', '1'], "Unknown option '--prot'. Did you mean --port?"],
  [['--por=1'], "Unknown option '--por'. Did you mean --port?"],
  [['--cahrt', 'a'], "Unknown option '--cahrt'. Did you mean --chart?"],
  [['--hlep'], "Unknown option '--hlep'. Did you mean --help?"],
  [['--anchor'], "Unknown option '--anchor'."],
  [['-p', '1'], "Unknown option '-p'."],
  [['-1'], "Unknown option '-1'."],
  [['--__proto__'], "Unknown option '--__proto__'."],
  [['--constructor=1'], "Unknown option '--constructor'."],
  [['--\u001b[2J'], "Unknown option '--\\u001b[2J'."],
  [['--port'], '--port needs a value: --port N.'],
  [
    ['--port', '--fast'],
    "--port needs a value, found '--fast'. To give a value that begins with a dash, write --port=--fast",
  ],
  [['--fast=yes'], "--fast takes no value, found 'yes'."],
  [['--port', '1', '--port', '2'], '--port is given twice.'],
  [['--fast', '--slow'], '--fast and --slow exclude each other.'],
  [['--wind', 'north'], '--wind goes with --chart FILE, which is not given.'],
  [['--chart', 'a', '--wind', 'east'], "--wind is 'east': expected one of north, south."],
  [['a.txt'], "Unexpected argument 'a.txt': it goes with --chart FILE."],
] as const) {
  test(`sail.ts ${args.join(' ')}: ${message}`, () => {
    const whole = `sail.ts: ${message}\nUsage: sail.ts [options]. See sail.ts --help`
    assert.throws(() => parse(...args), { name: 'UsageError', message: whole })
  })
}

test('an argument where none is expected is wrong usage', () => {
  const { argumentsOf: _, ...without } = command
  assert.throws(() => parseCommandLine(without, ['a']), /^UsageError: sail\.ts: Unexpected argument 'a'\.\n/)
})

test('help is an answer, whatever else is given, and has every option with its sentence', () => {
  const help = `Usage: sail.ts [options]

Sails.

Options:
  --port N         Where to land. Default: 8080.
  --crew N         How many sail.
  --chart FILE...  What to sail by.
  --wind NAME      Where it comes from. Needs --chart.
  --fast           With all sails.
  --slow           With one.
  -h, --help       Print this text.
  --version        Print the version.

Examples:
  sail.ts --fast  Away.

Settings from the environment:
  HARBOUR. docs/configuration.md explains them.

Exit codes: 0 a clean stop, 1 a failure, 2 wrong usage.`
  for (const args of [['--help'], ['-h'], ['--port', '1', 'x', '--help']])
    assert.throws(() => parse(...args), { name: 'Answer', message: help })
  assert.throws(() => parse('--version'), { name: 'Answer', message: /^Almanac \d+\.\d+\.\d+$/ })
})
