import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import test from 'node:test'
import { readInputs } from '../../../files/lib/observations/observations.ts'

async function read(text: string) {
  const chunks = Readable.from([Buffer.from(text)])
  const { days, skipped } = await readInputs([() => ({ source: 'f', chunks })], {})
  return [days.map(({ date, degrees }) => `${date} ${degrees}`), Object.fromEntries(skipped)]
}

const expected = [['2020-01-01 41', '2020-01-02 33.8'], {}]

const written: [how: string, text: string][] = [
  ['commas', 'date,tmax_c\n2020-01-01,5\n2020-01-02,1.0\n'],
  ['CRLF and no last line end', 'date,tmax_c\r\n2020-01-01,5\r\n2020-01-02,1.0'],
  ['semicolons and decimal commas', 'date;tmax_c;tmin_c\n2020-01-01;5,0;1,5\n2020-01-02;1,0;-2,25\n'],
  ['as many decimal commas as semicolons', 'date;tmax_c\n2020-01-01;5,0\n2020-01-02;1,0\n'],
  ['decimal commas in quotes', 'date,tmax_c\n2020-01-01,"5,0"\n2020-01-02,"1,0"\n'],
  ['tabs', 'date\ttmax_c\n2020-01-01\t5\n2020-01-02\t1,0\n'],
  ['bars', 'date|tmax_c\n2020-01-01|5\n2020-01-02|1.0\n'],
  ["Excel's line that names the separator", 'sep=;\r\ndate;tmax_c\r\n2020-01-01;5,0\r\n2020-01-02;1,0\r\n'],
  [
    'that line with a mark, in quotes',
    '\uFEFF"sep=\t"\r\ndate\ttmax_c\r\n2020-01-01\t5,0\r\n2020-01-02\t1\r\n',
  ],
  ['blanks around quotes', 'date, "tmax_c"\n"2020-01-01", "5"\n"2020-01-02" , "1.0 "\n'],
  ['a semicolon in a column of text', 'date,tmax_c,note\n2020-01-01,5,a; b\n2020-01-02,1,\n'],
  ['other separators within quotes', '"date","tmax_c","a;b;c"\n2020-01-01,5,"x;y;z"\n2020-01-02,1,";;"\n'],
  ['blank lines before and between', '\n\ndate,tmax_c\n\n2020-01-01,5\n \n2020-01-02,1\n\n'],
  ['a header over two lines', '"note\n, and more",date,tmax_c\n"",2020-01-01,5\n"",2020-01-02,1\n'],
  ['ISO time at midnight', 'date,tmax_c\n2020-01-01T00:00:00Z,5\n2020-01-02 00:00,1\n'],
  [
    'time at midnight with an offset',
    'date,tmax_c\n2020-01-01T00:00:00.000+01:00,5\n2020-01-02 00:00:00 UTC,1\n',
  ],
  ['dates of other separators', 'date,tmax_c\n20200101,5\n2020/01/02,1\n'],
]

for (const [how, text] of written) {
  test(`CSV is read as it is written: ${how}`, async () => {
    assert.deepEqual(await read(text), expected)
  })
}

const refused: [what: string, text: string, error: RegExp][] = [
  [
    'a decimal comma between commas',
    'date,tmax_c\n2020-01-01,5,0\n',
    /f: line 2, column 14: 3 columns: expected 2/,
  ],
  [
    'a thousands separator',
    'date;tmax_c\n2020-01-01;1.234,5\n',
    /f: line 2, column 12: '1\.234,5': expected a number/,
  ],
  [
    'a time of day',
    'date,tmax_c\n2020-01-01 14:00,5\n',
    /f: line 2, column 1: '2020-01-01 14:00': expected a day/,
  ],
  [
    'two separators in a date',
    'date,tmax_c\n2020-01/02,5\n',
    /f: line 2, column 1: '2020-01\/02': expected a day/,
  ],
  [
    'day and month in an unknown order',
    'date,tmax_c\n02/03/2020,5\n',
    /'02\/03\/2020' may be written day first or month first/,
  ],
]

for (const [what, text, error] of refused) {
  test(`CSV that could be read two ways is refused with line and column: ${what}`, async () => {
    await assert.rejects(read(text), { name: 'OperatingError', message: error })
  })
}
