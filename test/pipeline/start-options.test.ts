import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { parseProducerOptions } from '../../files/lib/produce/producer-options.ts'
import { parseStartOptions } from '../../pipeline/start-options.ts'
import { temporaryFolder } from '../support/program.ts'

async function stationFile(t: TestContext) {
  const folder = await temporaryFolder(t)
  writeFileSync(join(folder, 'station.csv'), 'date,tmax_f\n')
  return { folder, file: join(folder, 'station.csv') }
}

test('npm start hands the observations and what belongs to them to the producer, and the period to the page', async (t) => {
  const { file } = await stationFile(t)
  const args = [
    '--observations',
    file,
    file,
    '--name',
    '-',
    '--days-per-second',
    '30',
    '--send-today',
    '--normals',
    '1991-2020',
  ]
  assert.throws(() => parseStartOptions(args, '/'), /--name is '-'/)
  const { producerArgs, pageArgs } = parseStartOptions(
    args.map((arg) => (arg === '-' ? 'Here, by the lake' : arg)),
    '/',
  )
  assert.deepEqual(producerArgs.toSorted(), [
    ...['--days-per-second=30', '--follow', '--name=Here, by the lake'],
    ...[`--observations=${file}`, `--observations=${file}`, '--send-today'],
  ])
  assert.deepEqual(pageArgs, ['--normals=1991-2020'])
  assert.deepEqual(parseStartOptions([], '/').producerArgs, ['--head-start=30'])
})

test('npm start hands to the page who may have it', () => {
  const args = ['--host', '0.0.0.0', '--allow-host', 'weather.local', '--allow-origin', 'https://a.example']
  assert.deepEqual(parseStartOptions(args, '/').pageArgs, [
    ...['--host=0.0.0.0', '--allow-host=weather.local', '--allow-origin=https://a.example'],
  ])
  assert.throws(
    () => parseStartOptions(['--allow-origin', 'a.example'], '/'),
    /--allow-origin is 'a\.example'/,
  )
})

test('what a file does not say of itself is passed on to the producer', async (t) => {
  const { file } = await stationFile(t)
  const said = ['--date-order=mdy', '--no-model', '--timezone=Europe/Berlin', '--units=C']
  const { producerArgs } = parseStartOptions([...said, `--observations=${file}`], '/')
  assert.deepEqual(producerArgs.toSorted(), ['--follow', `--observations=${file}`, ...said].toSorted())
})

test('npm start hands on what says how a file is to be read', async (t) => {
  const { file } = await stationFile(t)
  const said = [
    ...['--units=K', '--trust-units', '--column=Highest', '--missing=-1,x'],
    ...['--good-flags=0,blank', '--date-order=mdy', '--station=Madison, WI'],
  ]
  const { producerArgs } = parseStartOptions(['--observations', file, ...said], '/')
  assert.deepEqual(producerArgs.toSorted(), [...said, '--follow', `--observations=${file}`].toSorted())
  const { wanted } = parseProducerOptions(producerArgs)
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined)
  assert.deepEqual(Object.fromEntries(given), {
    ...{
      listSkipped: false,
      sendToday: false,
      noModel: false,
      station: 'Madison, WI',
      unit: 'K',
      isUnitTrusted: true,
      column: 'highest',
    },
    ...{ missing: ['-1', 'x'], goodFlags: ['0', 'blank'], dateOrder: 'mdy' },
  })
  assert.deepEqual(parseProducerOptions([`--observations=${file}`, '--missing=none']).wanted.missing, [])
})

test('a file is looked for where the user is, though npm runs elsewhere', async (t) => {
  const { folder, file } = await stationFile(t)
  const { npm_lifecycle_event: event, INIT_CWD: from } = process.env
  t.after(() => Object.assign(process.env, { npm_lifecycle_event: event ?? '', INIT_CWD: from ?? '' }))
  Object.assign(process.env, { npm_lifecycle_event: 'start', INIT_CWD: folder })
  const { producerArgs } = parseStartOptions(['--observations', 'station.csv'], '/')
  assert.ok(producerArgs.includes(`--observations=${file}`))
})

test('what makes no sense is refused with the usage, before anything is started', async (t) => {
  const { folder, file } = await stationFile(t)
  for (const [args, message] of [
    [['--observations', join(folder, 'none.csv')], /there is no file .*none\.csv\.\nUsage: npm start/],
    [['--observations', folder], /there is no file/],
    [['--observations', '-'], /needs files here/],
    [['--station', 'USW00094728'], /--station goes with --observations FILE/],
    [
      ['--observations', file, '--date-order', 'dym'],
      /--date-order is 'dym': expected one of dmy, mdy, ymd\./,
    ],
    [
      ['--observations', file, '--timezone', 'Berlin'],
      /--timezone is 'Berlin': expected the name of a time zone/,
    ],
    [['--no-model'], /--no-model goes with --observations FILE/],
    [['--observations', file, '--units', 'R'], /--units is 'R'/],
    [['--observations', file, '--missing', '1,'], /--missing is '1,'/],
    [['--observations', file, '--days-per-second', '0'], /--days-per-second is '0'/],
    [['--normals', '1991'], /--normals is '1991'/],
    [
      ['--observations', file, '--from', '2020-01-02', '--to', '2020-01-01'],
      /^UsageError: npm start: --from 2020-01-02 is after --to 2020-01-01\.\nUsage: npm start -- /,
    ],
    [['--page-port', 'http'], /--page-port is 'http'/],
    [['--port', '8080'], /--port and --page-port are both 8080/],
    [['station.csv'], /'station\.csv': it goes with --observations/],
  ] as const)
    assert.throws(() => parseStartOptions([...args], '/'), message)
})
