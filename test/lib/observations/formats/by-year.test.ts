import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import test from 'node:test'
import { type ObservationOptions, readInputs } from '../../../../files/lib/observations/observations.ts'

async function read(text: string, options: ObservationOptions = {}) {
  const chunks = Readable.from([Buffer.from(text)])
  const { days, skipped, source } = await readInputs([() => ({ source: 'f', chunks })], options)
  assert.deepEqual([source.dataset, source.unit], ['NOAA GHCN-Daily', 'tenths'])
  return [source.id, days.map(({ date, degrees }) => `${date} ${degrees}`), Object.fromEntries(skipped)]
}

const header = 'ID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME'
const lines = [
  'USC00300001,20200101,TMAX,50,,,7,0700',
  'USC00300001,20200101,TMIN,-22,,,7,0700',
  'USC00300001,20200102,TMAX,60,,I,7,0700',
  'USC00300001,20200103,TMAX,-100,,,7,',
]
const expected = ['USC00300001', ['2020-01-01 41', '2020-01-03 14'], { flagged: 1 }]
const quote = (line: string) =>
  line
    .split(',')
    .map((field) => `"${field}"`)
    .join()
const dash = (line: string) => line.replace(/,(\d{4})(\d\d)(\d\d),/, ',$1-$2-$3,')
const index = (line: string, row: number) => `${row},${line}`
const text = (...all: string[]) => all.map((line) => `${line}\n`).join('')

const written: [how: string, text: string][] = [
  ['as NOAA writes it', text(...lines)],
  ['with the header of the files on AWS', text(header, ...lines)],
  ['with that header again in the midst', text(header, ...lines.slice(0, 2), header, ...lines.slice(2))],
  ['with a byte order mark', text(`\uFEFF${header}`, ...lines)],
  ['with CRLF', text(header, ...lines).replaceAll('\n', '\r\n')],
  ['in quotes', text(...lines.map(quote))],
  ['in quotes, with a header in quotes', text(quote(header), ...lines.map(quote))],
  ['with dashes in the dates', text(...lines.map(dash))],
  ['with a data frame’s index', text(`,${header}`, ...lines.map(index))],
  ['with an index and no header, dashes and quotes', text(...lines.map(dash).map(index).map(quote))],
  ['each line in a way of its own', text(lines[0]!, quote(lines[1]!), index(lines[2]!, 7), dash(lines[3]!))],
]

for (const [how, file] of written) {
  test(`a by-year file is read, also of a station asked for: ${how}`, async () => {
    assert.deepEqual(await read(file), expected)
    const other =
      file +
      text(...lines)
        .replaceAll('USC00300001', 'USC00300002')
        .replaceAll('TMAX,50', 'TMAX,51')
    assert.deepEqual(await read(other, { station: 'USC00300001' }), expected)
    await assert.rejects(read(other), /2 stations.*--station/)
  })
}

const refused: [what: string, line: string, error: RegExp][] = [
  ['a quotation mark that none ends', `"${lines[0]}`, /^f: line 2, column 1: a quotation mark/],
  ['a field too many', `${lines[0]},`, /^f: line 2, column \d+: 9 fields: expected 8/],
  [
    'a field too few, in quotes',
    '"USC00300001","20200101","TMAX"',
    /^f: line 2, column \d+: 3 fields: expected 8/,
  ],
  [
    'a date that only looks like one',
    lines[0]!.replace('20200101', '2020-0101'),
    /^f: line 2, column 13: '2020-0101': expected a date/,
  ],
  [
    'a value with a point, in quotes',
    quote(lines[0]!.replace(',50,', ',5.0,')),
    /^f: line 2, column 33: '5\.0': expected a whole number/,
  ],
  ['another header', 'STATION,DATE,TMAX', /^f: line 2, column \d+: 3 fields: expected 8/],
]

for (const [what, line, error] of refused) {
  test(`a by-year file stops with line and column at ${what}`, async () => {
    await assert.rejects(read(text(lines[0]!, line)), { name: 'OperatingError', message: error })
  })
}
