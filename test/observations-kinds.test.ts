import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import test from 'node:test'
import { type ObservationOptions, readInputs } from '../files/lib/observations/observations.ts'

/** Days with °F rounded to hundredths, then `reason=count` for what was left out; or what the error must say. */
type Expected = string | RegExp
type Case = [what: string, text: string, options: ObservationOptions, expected: Expected]

async function read(text: string, options: ObservationOptions): Promise<string> {
  const chunks = Readable.from([Buffer.from(text)])
  const { days, skipped } = await readInputs([() => ({ source: 'f', chunks })], options)
  const found = days.map(({ date, degrees }) => `${date} ${Math.round(degrees * 100) / 100}`)
  return [...found, ...[...skipped].map(([reason, count]) => `${reason}=${count}`)].join(', ')
}

const dates = (count: number) =>
  Array.from({ length: count }, (_, day) => new Date(Date.UTC(2023, 0, 1 + day)).toISOString().slice(0, 10))
/** A table of days from 2023-01-01 on, one for each value. */
const table = (column: string, values: readonly (string | number)[]) => {
  const days = dates(values.length)
  return `date,${column}\n${values.map((value, day) => `${days[day]},${value}\n`).join('')}`
}
/** The highest temperatures of a year in °C, after a place with warm summers, that change by about 3 from day to day. */
const year = Array.from(
  { length: 365 },
  (_, day) => 12 - 14 * Math.cos((2 * Math.PI * (day - 20)) / 365) + [0, 3, -1, 2, -3, 1, 4][day % 7]!,
)
const rounded = (values: readonly number[]) => values.map((value) => Math.round(value))
const inF = (celsius: number) => celsius * 1.8 + 32
const inTenths = (celsius: number) => celsius * 10
const inK = (celsius: number) => celsius + 273.15
const fixed = (values: readonly number[], digits: number) => values.map((value) => value.toFixed(digits))

const kinds: Record<string, Case[]> = {
  'the unit': [
    ['°C that are °C', table('tmax_c', [5.5, 6]), {}, '2023-01-01 41.9, 2023-01-02 42.8'],
    ['kelvins', table('tmax_k', [273.15, 280.2]), {}, '2023-01-01 32, 2023-01-02 44.69'],
    ['a unit in brackets', table('Tmax (°C)', [5]), {}, '2023-01-01 41'],
    [
      'kelvins in a column of °F',
      table('tmax_f', [273.1, 280]),
      {},
      /2 of 2 values are impossible .* --units K\./,
    ],
    [
      'a column that says °C, and --units F that the values do not allow less',
      table('tmax_c', [20, 21]),
      { unit: 'F' },
      /its column tmax_c says °C: expected no --units F/,
    ],
    [
      '°F in a column that says °C, with --units F',
      table('tmax_c', [81, 82]),
      { unit: 'F' },
      '2023-01-01 81, 2023-01-02 82',
    ],
    [
      'a year of °C in a column of °F',
      table('tmax_f', rounded(year)),
      {},
      /the values fit no place on Earth: only a tenth of the days is warmer than .* in 2023; as °C they lie between .* --units C\./,
    ],
    [
      'a year of whole °F said to be tenths',
      table('tmax', rounded(year.map(inF))),
      { unit: 'tenths' },
      /as °F they lie/,
    ],
    [
      'a year of whole kelvins said to be tenths',
      table('tmax', rounded(year.map(inK))),
      { unit: 'tenths' },
      /as K they lie/,
    ],
    [
      'a year of whole tenths said to be °F',
      table('tmax', rounded(year.map(inTenths))),
      { unit: 'F' },
      /as tenths of °C they/,
    ],
    [
      'a year with °F from July on in °C',
      table(
        'tmax_c',
        fixed(
          year.map((value, day) => (day < 181 ? value : inF(value))),
          1,
        ),
      ),
      {},
      /\d+ of 365 values are impossible/,
    ],
    [
      'a year with °C from July on in °F',
      table(
        'tmax_f',
        fixed(
          year.map((value, day) => (day < 181 ? inF(value) : value)),
          1,
        ),
      ),
      {},
      /seem to change their unit on 2023-0[67]-\d\d: .* look like °C\. Give each part as a file of its own/,
    ],
    [
      'a year with °C from July on in tenths of °C',
      table('tmax_tenths', rounded(year.map((value, day) => (day < 181 ? inTenths(value) : value)))),
      {},
      /seem to change their unit on 2023-0[67]-\d\d/,
    ],
    [
      'fractions of tenths',
      table('tmax', [210, 215.5, 12.5]),
      { unit: 'tenths' },
      /2 of 3 values are impossible/,
    ],
    [
      'one impossible value of ninety-nine',
      table('tmax_f', [...Array(98).fill(50), 400]),
      {},
      /1 of 99 values are impossible/,
    ],
    [
      'the same one, in a unit that is trusted',
      table('tmax_f', [...Array(4).fill(50), 400, ...Array(6).fill(50)]),
      { isUnitTrusted: true },
      `${[1, 2, 3, 4, 6, 7, 8, 9, 10, 11].map((day) => `2023-01-${String(day).padStart(2, '0')} 50`).join(', ')}, impossible=1`,
    ],
    [
      'half impossible, and trusted in vain',
      table('tmax_f', [50, 400]),
      { isUnitTrusted: true },
      /1 of 2 values are impossible (?!.*--trust-units)/,
    ],
    [
      'no unit at all, of the values that one alone allows',
      table('tmax', [295, 100, -20]),
      {},
      /as tenths of °C they lie between -2 and 29\.5 °C\. Say it by --units tenths\./,
    ],
    [
      'a column temp_c, which is not the highest one',
      table('temp_c', [20]),
      {},
      /--column: its columns are 'date', 'temp_c'/,
    ],
    ['a column temp_c that is named', table('temp_c', [20]), { column: 'temp_c' }, '2023-01-01 68'],
    [
      'a column temp_c that is named and holds °F',
      table('temp_c', [88, 90]),
      { column: 'temp_c' },
      /--units F/,
    ],
  ],
  'quality flags': [
    [
      'good flags of a format whose flags are known',
      'USC00000001,20230101,TMAX,50,,I,7,\n',
      { goodFlags: ['any'] },
      /whose columns are known: expected no --good-flags\./,
    ],
    ['NOAA’s flag', 'date,tmax_c,QFLAG\n2023-01-01,5,\n2023-01-02,6,I\n', {}, '2023-01-01 41, flagged=1'],
    [
      'NOAA’s attributes without a station',
      'date,tmax_c,tmax_c_attributes\n2023-01-01,5,",,W"\n2023-01-02,6,",I,W"\n',
      {},
      '2023-01-01 41, flagged=1',
    ],
    [
      'rnoaa’s flags of several elements',
      'id,date,qflag_prcp,qflag_tmax,tmax\nUSC1,2023-01-01,X, ,210\nUSC1,2023-01-02, ,X,220\n',
      { unit: 'tenths' },
      '2023-01-01 69.8, flagged=1',
    ],
    [
      'flags of the same names after each element',
      'STATION,DATE,PRCP,Measurement Flag,Quality Flag,Source Flag,TMAX,Measurement Flag,Quality Flag,Source Flag\n' +
        'USC1,2023-01-01,0,,I,W,210,,,W\nUSC1,2023-01-02,0,,,W,220,,I,W\n',
      { unit: 'tenths' },
      '2023-01-01 69.8, flagged=1',
    ],
    [
      'a column qc',
      'date,tmax_c,qc\n2023-01-01,5,0\n2023-01-02,6,0\n2023-01-03,7,3\n',
      {},
      /its column 'qc' may say which values are wrong: it holds '0' \(2 times\), '3' \(1 times\)\. Say which .* --good-flags/,
    ],
    [
      'the same, with what is good',
      'date,tmax_c,qc\n2023-01-01,5,0\n2023-01-02,6,0\n2023-01-03,7,3\n',
      { goodFlags: ['0'] },
      '2023-01-01 41, 2023-01-02 42.8, flagged=1',
    ],
    ['a column quality_code', 'date,tmax_c,quality_code\n2023-01-01,5,A\n', {}, /--good-flags/],
    [
      'a column Qualität',
      'date;Qualität;tmax_c\n2023-01-01;gut;5\n',
      {},
      /column 'qualität'.*'gut' \(1 times\)/,
    ],
    [
      'any flag is good',
      'date,tmax_c,flag\n2023-01-01,5,x\n2023-01-02,6,\n',
      { goodFlags: ['any'] },
      '2023-01-01 41, 2023-01-02 42.8',
    ],
    [
      'no flag is good',
      'date,tmax_c,flag\n2023-01-01,5,x\n2023-01-02,6,\n',
      { goodFlags: ['blank'] },
      '2023-01-02 42.8, flagged=1',
    ],
    ['a column of flags without any', 'date,tmax_c,flag\n2023-01-01,5,\n', {}, '2023-01-01 41'],
    ['flags of another element', 'date,tmax_c,tmin_qc,precip_flag\n2023-01-01,5,9,Z\n', {}, '2023-01-01 41'],
    [
      'a qflag whose letter is none of NOAA’s',
      'date,tmax_c,qflag\n2023-01-01,5,0\n',
      {},
      /column 'qflag' may say which values are wrong: it holds '0' \(1 times\)/,
    ],
    [
      'a qflag in which G is for good',
      'date,tmax_c,qflag\n2023-01-01,5,G\n2023-01-02,6,G\n2023-01-03,7,\n',
      {},
      /2 of 3 values failed a check of NOAA's\. If the flags mean something else.*--good-flags/,
    ],
  ],
  stations: [
    [
      'a column station_id',
      'station_id,date,tmax_c\n7,2023-01-01,5\n8,2023-01-01,6\n',
      {},
      /2 stations.*\n {2}7 .*\n {2}8 /,
    ],
    [
      'one of them',
      'station_id,date,tmax_c\n7,2023-01-01,5\n8,2023-01-01,6\n',
      { station: '8' },
      '2023-01-01 42.8',
    ],
    [
      'a column STN, one below the other',
      'STN,date,tmax_c\nA,2023-01-01,5\nB,2023-01-02,6\n',
      {},
      /2 stations/,
    ],
    [
      'a column of names',
      'name,date,tmax_c\n"Madison, WI",2023-01-01,5\nMonona,2023-01-01,6\n',
      {},
      /\n {2}Madison, WI {2}2023/,
    ],
    [
      'a name that is asked for',
      'name,date,tmax_c\n"Madison, WI",2023-01-01,5\nMonona,2023-01-01,6\n',
      { station: 'Madison, WI' },
      '2023-01-01 41',
    ],
    [
      'an own number of each row',
      'id,date,tmax_c\n1,2023-01-01,5\n2,2023-01-02,6\n',
      {},
      '2023-01-01 41, 2023-01-02 42.8',
    ],
    [
      'an own number of each row, newest first',
      'id,date,tmax_c\n9,2023-01-02,5\n8,2023-01-01,6\n',
      {},
      '2023-01-01 42.8, 2023-01-02 41',
    ],
    [
      'two stations with the ids 1 and 2 on a day',
      'id,date,tmax_c\n1,2023-01-01,5\n2,2023-01-01,6\n',
      {},
      /2 stations/,
    ],
    [
      'a station that is there once',
      'site,date,tmax_c\nHome,2023-01-01,5\n,2023-01-02,6\n',
      {},
      '2023-01-01 41, 2023-01-02 42.8',
    ],
    [
      'a station that is not there',
      'site,date,tmax_c\nHome,2023-01-01,5\n',
      { station: 'Away' },
      /one station, but not of Away/,
    ],
    [
      'stations whose dates have an order to be found',
      'site,date,tmax_c\nA,31/01/2023,5\nB,31/01/2023,6\n',
      {},
      /2 stations.*\n {2}A {2}2023-01-31 to 2023-01-31/,
    ],
  ],
  'missing values': [
    [
      'words and signs',
      table('tmax_c', ['NA', 'n/a', 'NaN', '#N/A', 'null', 'None', 'M', '-', '--', '---', '', 'missing', 5]),
      {},
      '2023-01-13 41, missing=12',
    ],
    [
      'numbers in °F',
      table('tmax_f', [-99, -99.9, -999, -9999, 999, '9999.9', -32768, 99, -98, 60]),
      {},
      '2023-01-08 99, 2023-01-09 -98, 2023-01-10 60, marked=7',
    ],
    [
      'numbers in °C',
      table('tmax_c', [99.9, 99, -99, 999.9, 5, -40]),
      {},
      '2023-01-05 41, 2023-01-06 -40, marked=4',
    ],
    [
      'numbers in tenths, where -99 is a value',
      table('tmax_tenths', [-99, -999, 99, -9999, 999, '-99.9']),
      {},
      '2023-01-01 14.18, 2023-01-03 49.82, marked=4',
    ],
    [
      'numbers that --missing names',
      table('tmax_f', [-1, 50, -1, -99]),
      { missing: ['-1'] },
      '2023-01-02 50, 2023-01-04 -99, marked=2',
    ],
    [
      'no numbers, as of the South Pole',
      table('tmax_f', [-99, -98]),
      { missing: [] },
      '2023-01-01 -99, 2023-01-02 -98',
    ],
    [
      '99.9 °F',
      table('tmax_f', [50, 99.9, 51]),
      {},
      /line 3: 99\.9 °F may stand for a missing value.*--missing=99\.9.*--missing=none/,
    ],
    [
      '99.9 °F that is a value',
      table('tmax_f', [98, 99.9]),
      { missing: [] },
      '2023-01-01 98, 2023-01-02 99.9',
    ],
    ['99.9 °F that is none', table('tmax_f', [50, 99.9]), { missing: ['99.9'] }, '2023-01-01 50, marked=1'],
    [
      '0 °F amid summer, twice',
      table('tmax_f', [90, 0, 91, 92, 0, 93]),
      {},
      /0 °F may stand for a missing value: it is there 2 times/,
    ],
    [
      '0 °F amid winter, twice',
      table('tmax_f', [9, 0, 7, 0]),
      {},
      '2023-01-01 9, 2023-01-02 0, 2023-01-03 7, 2023-01-04 0',
    ],
    ['-9.999', table('tmax_c', [1, -9.999]), {}, /-9\.999 °C may stand for a missing value/],
    [
      'a trace, which is rain',
      table('tmax_c', [1, 'T']),
      {},
      /line 3, column 12: 'T': expected a number of degrees/,
    ],
    ['an error of a spreadsheet', table('tmax_c', [1, '#VALUE!']), {}, /'#VALUE!': expected a number/],
    ['a value with a letter', table('tmax_f', ['83S']), {}, /'83S': expected a number/],
  ],
  'decimal signs': [
    ['a comma in quotes', 'date,tmax_c\n2023-01-01,"6,1"\n', {}, '2023-01-01 42.98'],
    [
      'a comma between columns and in a value',
      'date,tmax_c\n2023-01-01,6,1\n',
      {},
      /3 columns: expected 2, .*decimal comma/,
    ],
    [
      'a comma before thousands',
      'date,tmax_c\n2023-01-01,"-9,999"\n',
      {},
      /'-9,999' may be -9\.999 or -9999/,
    ],
    [
      'a comma before three decimals',
      'date;tmax_c\n2023-01-01;6,125\n2023-01-02;6,5\n',
      {},
      '2023-01-01 43.03, 2023-01-02 43.7',
    ],
    [
      'a comma and a point',
      'date;tmax_c\n2023-01-01;6,1\n2023-01-02;6.1\n',
      {},
      /line 3, .*'6\.1', and '6,1' in line 2/,
    ],
    ['a minus sign of print', 'date,tmax_c\n2023-01-01,\u22125\n', {}, '2023-01-01 23'],
    ['two points', 'date,tmax_c\n2023-01-01,6.1.1\n', {}, /'6\.1\.1': expected a number/],
  ],
  dates: [
    [
      'day first, as the whole file tells',
      'date,tmax_c\n1/2/2023,5\n13/2/2023,6\n',
      {},
      '2023-02-01 41, 2023-02-13 42.8',
    ],
    [
      'month first, as the whole file tells',
      'date,tmax_c\n1.2.2023,5\n1.13.2023,6\n',
      {},
      '2023-01-02 41, 2023-01-13 42.8',
    ],
    [
      'an order that nothing tells',
      'date,tmax_c\n1/2/2023,5\n2/2/2023,6\n',
      {},
      /day first or month first.*--date-order dmy or --date-order mdy/,
    ],
    [
      'an order that is said',
      'date,tmax_c\n1/2/2023,5\n2/2/2023,6\n',
      { dateOrder: 'mdy' },
      '2023-01-02 41, 2023-02-02 42.8',
    ],
    [
      'an order that is said wrongly',
      'date,tmax_c\n13/2/2023,6\n',
      { dateOrder: 'mdy' },
      /line 2, column 1: '13\/2\/2023'.*order mdy/,
    ],
    ['two orders', 'date,tmax_c\n13/2/2023,5\n2/14/2023,6\n', {}, /line 3, column 1: '2\/14\/2023'/],
    [
      'two forms',
      'date,tmax_c\n2023-01-01,5\n2/1/2023,6\n',
      {},
      /line 3, column 1: .*expected a day written as the one in line 2/,
    ],
    ['midnight with twelve hours', 'date,tmax_c\n1/13/2023 12:00:00 AM,5\n', {}, '2023-01-13 41'],
    ['noon', 'date,tmax_c\n1/13/2023 12:00:00 PM,5\n', {}, /'1\/13\/2023 12:00:00 PM'.*one row a day/],
    [
      'a date beside its parts',
      'Date/Time,Year,Month,Day,Max Temp (°C)\n2023-01-02,2023,01,02,5\n',
      {},
      '2023-01-02 41',
    ],
    ['single digits', 'date,tmax_c\n2023/1/2,5\n', {}, '2023-01-02 41'],
    [
      'a year of two digits',
      'date,tmax_c\n13/02/23,5\n',
      { dateOrder: 'dmy' },
      /'13\/02\/23'.*a year of two digits/,
    ],
    ['a number of a spreadsheet', 'date,tmax_c\n44927,5\n', {}, /'44927'.*a spreadsheet's number/],
    ['seconds since 1970', 'date,tmax_c\n1672531200,5\n', {}, /'1672531200'.*seconds since 1970/],
    [
      'an hour',
      'date,tmax_c\n2023-01-01 00:00,5\n2023-01-01 01:00,6\n',
      {},
      /'2023-01-01 01:00'.*one row a day/,
    ],
    [
      'a day 24 times',
      table('tmax_c', [5, 6]).replace('2023-01-02', '2023-01-01'),
      {},
      /2023-01-01 is in line 2 already.*one row a day/,
    ],
    [
      'hours given as days, of a station',
      `STATION,DATE,TMAX\n${dates(5)
        .flatMap((date) => [1, 2, 3].map((hour) => `USC1,${date},${200 + hour}\n`))
        .join('')}`,
      { unit: 'tenths' },
      /line 3, .*5 of 5 days have several values, as 2023-01-01 has: expected one row a day/,
    ],
    ['day 0', 'date,tmax_c\n2023-01-00,5\n', {}, /'2023-01-00': expected a day/],
    ['month 13', 'date,tmax_c\n20231301,5\n', {}, /'20231301': expected a day/],
    ['a century lost', 'date,tmax_c\n0023-01-01,5\n', {}, /'0023-01-01': expected a day/],
    [
      'a day that is not yet',
      'date,tmax_c\n2023-01-01,5\n2993-01-01,5\n',
      {},
      /line 3, column 12: 2993-01-01 lies in the future.*--to/,
    ],
    [
      'the same with --to',
      'date,tmax_c\n2023-01-01,5\n2993-01-01,5\n',
      { to: '2023-12-31' },
      '2023-01-01 41, outside=1',
    ],
    [
      'newest first',
      'date,tmax_c\n2023-01-03,5\n2023-01-02,6\n2023-01-01,7\n',
      {},
      '2023-01-01 44.6, 2023-01-02 42.8, 2023-01-03 41',
    ],
    [
      'a year that was not changed',
      'date,tmax_c\n2023-12-30,5\n2023-12-31,6\n2023-01-01,7\n',
      {},
      /2023-01-01 comes after 2023-12-31/,
    ],
  ],
  'rows that are none': [
    [
      'the header again',
      'date,tmax_c\n2023-01-02,5\nDate, TMAX_C\n2023-01-01,6\n',
      {},
      '2023-01-01 42.8, 2023-01-02 41',
    ],
    ['blank cells', 'date,tmax_c\n2023-01-02,5\n,\n" ",\n', {}, '2023-01-02 41'],
    [
      'another header',
      'date,tmax_c\n2023-01-02,5\ndate,tmin_c\n2023-01-01,6\n',
      {},
      /line 3, column 1: 'date': expected a day/,
    ],
    ['a note with a comma', 'date,tmax_c\n2023-01-02,5\nEnd, of data\n', {}, /line 3, column 1: 'End'/],
    ['a sum', 'date,tmax_c\n2023-01-02,5\nMean,5\n', {}, /line 3, column 1: 'Mean': expected a day/],
    [
      'the by-year header in the midst',
      'ID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME\nUSC00000001,20230101,TMAX,50,,,7,\nID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME\n',
      {},
      '2023-01-01 41',
    ],
  ],
  columns: [
    [
      'two highest ones',
      'date,tmax,tmax_corrected\n2023-01-01,50,51\n',
      { unit: 'F' },
      /columns 'tmax' and 'tmax_corrected' may each be.*--column/,
    ],
    [
      'the one that is named',
      'date,tmax,tmax_corrected\n2023-01-01,50,51\n',
      { unit: 'F', column: 'tmax_corrected' },
      '2023-01-01 51',
    ],
    [
      'one that may be',
      'date,max_temp_raw\n2023-01-01,50\n',
      { unit: 'F' },
      /column 'max_temp_raw' may be the day's highest.*--column/,
    ],
    [
      'what it felt like',
      'date,apparent_temperature_max\n2023-01-01,50\n',
      { unit: 'F' },
      /expected a header with a column date/,
    ],
    ['both units', 'date,tmax_f,tmax_c\n2023-01-01,50,10\n', { column: 'tmax_c' }, '2023-01-01 50'],
    [
      'one of a format that has none',
      'USC00000001,20230101,TMAX,50,,,7,\n',
      { column: 'tmin' },
      /it is GHCN-Daily by year or by station, whose columns are known: expected no --column\./,
    ],
    [
      'the highest below the lowest',
      'date,tmax_c,tmin_c\n2023-01-01,-5,3\n2023-01-02,-4,2\n',
      {},
      /in 2 of 2 rows column tmax_c is below column tmin_c \(first in line 2: -5 and 3\).*--column/,
    ],
    [
      'the highest beside the lowest, missing or in another unit',
      'date,tmax_c,tmin_f,tmin_c\n2023-01-01,5,40,-999\n2023-01-02,-999,30,2\n',
      {},
      '2023-01-01 41, marked=1',
    ],
    [
      'a note above the header',
      '# of a garden\ndate,tmax_c\n2023-01-01,5\n',
      {},
      /Delete what stands above the header/,
    ],
    [
      'one that is not there',
      'date,tmax_f\n2023-01-01,50\n',
      { column: 'tmax' },
      /--column tmax is none of its columns: .*'tmax_f'/,
    ],
    ['no header', '2023-01-01,50\n', {}, /It has no header: put a first line on top/],
    [
      'columns between blanks',
      'date tmax_c\n2023-01-01 5\n',
      {},
      /Separate its columns by commas, semicolons or tabs\./,
    ],
    [
      'a header that has other signs than the rows',
      'date,tmax_c\n2023-01-01;5\n',
      {},
      /1 columns: expected 2|'2023-01-01;5'|--column/,
    ],
    [
      'no date',
      'when,tmax_c\n2023-01-01,5\n',
      {},
      /Call the column with the days date: its columns are 'when', 'tmax_c'/,
    ],
  ],
}

for (const [kind, cases] of Object.entries(kinds)) {
  for (const [what, text, options, expected] of cases) {
    const isRead = typeof expected === 'string'
    test(`${kind}: ${what} ${isRead ? 'is read' : 'stops with what to do'}`, async () => {
      if (isRead) assert.equal(await read(text, options), expected)
      else await assert.rejects(read(text, options), { name: 'OperatingError', message: expected })
    })
  }
}

test('each kind has three files at least, two of which stop', () => {
  for (const [kind, cases] of Object.entries(kinds)) {
    assert.ok(cases.length >= 3, kind)
    assert.ok(cases.filter(([, , , expected]) => expected instanceof RegExp).length >= 2, kind)
  }
})
