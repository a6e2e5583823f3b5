/**
 * A year of made weather, written down as people and programs write it, by a generator of its own: it knows what the file
 * means, and nothing of how it is read. Days are numbers from 0 on 1 January.
 */

/** What the file means: a date and °F for each day that counts. */
export type KnownYear = {
  text: string
  /** The options that go with the file. */
  options: Record<string, unknown>
  truth: Map<string, number>
  /** Whether all is said that must be said: then the file must be read, while others may stop. */
  isClear: boolean
  /** What was drawn, for messages. */
  drawn: Record<string, unknown>
}

type Random = () => number

const units = ['F', 'C', 'tenths', 'K'] as const
type WrittenUnit = (typeof units)[number]

/** Mean, half of the difference between summer and winter, and spread of days, in °C; and the day of the highest mean. */
const climates = {
  continental: { mean: 12, swing: 15, spread: 5, warmest: 200 },
  maritime: { mean: 14, swing: 6, spread: 2.5, warmest: 210 },
  cold: { mean: 1, swing: 18, spread: 5, warmest: 195 },
  desert: { mean: 30, swing: 11, spread: 3, warmest: 200 },
  tropical: { mean: 30, swing: 1.5, spread: 1.4, warmest: 120 },
  southern: { mean: 20, swing: 7, spread: 4, warmest: 20 },
} as const

const dayCount = 366
const dateOf = (day: number) => new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10)

function pick<T>(random: Random, items: readonly T[]): T {
  return items[Math.floor(random() * items.length)]!
}

/** Tenths of °C, a day each: a cosine over the year, and around it what a day keeps in part from the day before. */
function drawWeather(random: Random, climate: keyof typeof climates): number[] {
  const { mean, swing, spread, warmest } = climates[climate]
  let rest = 0
  return Array.from({ length: dayCount }, (_, day) => {
    const draw = random() + random() + random() + random() - 2
    rest = 0.6 * rest + draw * spread * 1.4
    return Math.round(10 * (mean + swing * Math.cos((2 * Math.PI * (day - warmest)) / 365) + rest))
  })
}

/** A value as it is written in a unit, in decimal digits, so that no fraction is lost: the sign `.` for the decimal one. */
function writeValue(tenths: number, unit: WrittenUnit, isWhole: boolean): string {
  if (unit === 'tenths') return `${tenths}`
  const hundredths = { C: 10 * tenths, F: 18 * tenths + 3200, K: 10 * tenths + 27_315 }[unit]
  const digits = unit === 'C' ? 1 : unit === 'F' ? 1 : 2
  return (hundredths / 100).toFixed(isWhole ? 0 : digits)
}

/** What a written value means in °F. */
function meaningOf(text: string, unit: WrittenUnit): number {
  const number = Number(text)
  return {
    F: number,
    C: number * 1.8 + 32,
    tenths: number * 0.18 + 32,
    K: (number - 273.15) * 1.8 + 32,
  }[unit]
}

const dateForms = {
  iso: (date: string) => date,
  compact: (date: string) => date.replaceAll('-', ''),
  slashes: (date: string) => date.replaceAll('-', '/'),
  short: (date: string) => date.replaceAll(/-0?/g, '-'),
  midnight: (date: string) => `${date} 00:00:00`,
  zulu: (date: string) => `${date}T00:00:00Z`,
  dmy: (date: string) => date.replace(/(\d+)-(\d+)-(\d+)/, '$3/$2/$1'),
  dots: (date: string) => date.replace(/(\d+)-0?(\d+)-0?(\d+)/, '$3.$2.$1'),
  mdy: (date: string) => date.replace(/(\d+)-0?(\d+)-0?(\d+)/, '$2/$3/$1'),
  shortYear: (date: string) => date.replace(/\d\d(\d+)-(\d+)-(\d+)/, '$3/$2/$1'),
  serial: (date: string) => `${Date.parse(date) / 86_400_000 + 25_569}`,
} as const

const orders: Partial<Record<keyof typeof dateForms, string>> = { dmy: 'dmy', dots: 'dmy', mdy: 'mdy' }
const noDates: (keyof typeof dateForms)[] = ['shortYear', 'serial']

const headerUnits = {
  F: ['tmax_f', 'TMAX (°F)', 'tmax [F]', 'max_temp_fahrenheit'],
  C: ['tmax_c', 'Tmax (°C)', 'tmax_degC', 'Max Temp (C)'],
  tenths: ['tmax_tenths', 'tmax (0.1 °C)'],
  K: ['tmax_k', 'tmax (K)'],
} as const

const wordsForMissing = [
  '',
  'NA',
  'NaN',
  'nan',
  'null',
  'None',
  'M',
  '-',
  '--',
  '---',
  'n/a',
  'N/A',
  '#N/A',
  ' ',
]
// 99 and 99.9 are temperatures in °F, -99 and 99 in tenths of °C: those are left to tests of their own.
const numbersForMissing: Record<WrittenUnit, readonly string[]> = {
  F: [
    '-99',
    '-99.9',
    '-999',
    '-999.9',
    '-9999',
    '999',
    '999.9',
    '9999',
    '9999.9',
    '99999',
    '-9,999',
    '9.999',
    '99.9',
  ],
  C: ['-99', '-99.9', '99.9', '99', '-999', '-9999', '999', '9999.9', '-9999.0', '-32768', '-9,999'],
  tenths: ['-999', '-9999', '9999', '999', '-99.9', '-999.9', '99999'],
  K: ['-99', '-99.9', '-999', '-9999', '999', '9999', '9999.9'],
}
const notRead = ['T', 'trace', 'x', '41E', '#VALUE!']

const stationColumns = [
  'station',
  'station_id',
  'STN',
  'Station ID',
  'name',
  'id',
  'site',
  'USAF',
  'wmo_id',
  'location',
]

type Row = { date: string; cells: string[]; station: number }

/** Draws a known year, and how it is written: as a table, or as NOAA's archive has it. */
export function drawKnownYear(random: Random): KnownYear {
  return random() < 0.15 ? drawArchive(random) : drawTable(random)
}

/** A year as `.dly` or by year, of one station or two, with flags and missing days; at times in a unit that it cannot have. */
function drawArchive(random: Random): KnownYear {
  const chance = (probability: number) => random() < probability
  const climate = pick(random, Object.keys(climates) as (keyof typeof climates)[])
  const truth = new Map<string, number>()
  const options: Record<string, unknown> = {}
  const wrong = chance(0.2) ? pick(random, ['F', 'C'] as const) : undefined
  const isSecond = chance(0.4)
  const ids = ['USW00014837', 'USC00471416'] as const
  if (isSecond && chance(0.7)) options.station = ids[0]
  if (chance(0.15)) options.unit = pick(random, units)
  const isClear =
    !wrong && !(isSecond && !options.station) && (options.unit === undefined || options.unit === 'tenths')
  const isDly = chance(0.4)
  const lines: string[] = []
  for (const id of isSecond ? ids : ids.slice(0, 1)) {
    const weather = drawWeather(random, climate)
    const days = weather.map((tenths, day) => {
      const isMissing = (day * 7919) % 17 === 3
      const flag = (day * 104_729) % 23 === 5 ? pick(random, ['I', 'X', 'D']) : ''
      const value = wrong ? Number(writeValue(tenths, wrong, true)) : tenths
      const date = dateOf(day)
      if (id === ids[0] && !isMissing && !flag) truth.set(date, meaningOf(`${value}`, wrong ?? 'tenths'))
      return { date, value: isMissing ? -9999 : flag ? value + 150 : value, flag: isMissing ? '' : flag }
    })
    lines.push(...(isDly ? writeDly(id, days) : writeByYear(random, id, days)))
  }
  if (chance(0.3)) lines.sort(() => random() - 0.5)
  if (!isDly && chance(0.3)) lines.unshift('ID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME')
  const text = `${chance(0.1) ? '\uFEFF' : ''}${lines.join('\n')}\n`
  return {
    text,
    options,
    truth,
    isClear,
    drawn: { form: isDly ? 'dly' : 'by year', climate, wrong, isSecond },
  }
}

type ArchiveDay = { date: string; value: number; flag: string }

function writeByYear(random: Random, id: string, days: readonly ArchiveDay[]): string[] {
  const [isDashed, isQuoted, isIndexed] = [random() < 0.2, random() < 0.2, random() < 0.2]
  return days.flatMap(({ date, value, flag }, index) => {
    const day = isDashed ? date : date.replaceAll('-', '')
    const rows = [
      [id, day, 'TMAX', `${value}`, '', flag, 'W', '2400'],
      [id, day, 'TMIN', `${value - 80}`, '', '', 'W', '2400'],
    ]
    const indexed = isIndexed ? rows.map((row, at) => [`${2 * index + at}`, ...row]) : rows
    return indexed.map((row) => row.map((cell) => (isQuoted ? `"${cell}"` : cell)).join())
  })
}

function writeDly(id: string, days: readonly ArchiveDay[]): string[] {
  return [...Map.groupBy(days, ({ date }) => date.slice(0, 7))].map(([month, ofMonth]) => {
    const groups = ofMonth.map(({ value, flag }) => `${String(value).padStart(5)} ${flag || ' '}W`)
    return `${id}${month.replace('-', '')}TMAX${groups.join('').padEnd(248, '-9999   ')}`
  })
}

/** A year as a table with a header, as a person or a program writes it. */
function drawTable(random: Random): KnownYear {
  const chance = (probability: number) => random() < probability
  const climate = pick(random, Object.keys(climates) as (keyof typeof climates)[])
  const unit = pick(random, units)
  const isWhole = unit !== 'tenths' && chance(0.3)
  const weather = drawWeather(random, climate)
  const truth = new Map<string, number>()
  const options: Record<string, unknown> = {}
  let isClear = true

  // The unit: said rightly by the header, by --units, not at all, or wrongly.
  const told = pick(random, [
    'header',
    'header',
    'option',
    'option',
    'both',
    'not',
    'wrong header',
    'wrong option',
  ] as const)
  const wrong = pick(
    random,
    units.filter((other) => other !== unit),
  )
  let column = pick(random, ['tmax', 'TMAX', 'Max Temp', 'tempmax'])
  if (told === 'header' || told === 'both') column = pick(random, headerUnits[unit])
  if (told === 'wrong header') column = pick(random, headerUnits[wrong])
  if (told === 'option' || told === 'both') options.unit = unit
  if (told === 'wrong option') options.unit = wrong
  if (told === 'not' || told.startsWith('wrong')) isClear = false

  // Another unit from a day in spring to autumn on, as after a change of the program's settings.
  const mixed =
    chance(0.1) && !told.startsWith('wrong')
      ? pick(
          random,
          units.filter((other) => other !== unit),
        )
      : undefined
  // In the warm half of the year: near freezing °C and °F are too much alike.
  const mixedFrom = Math.min(Math.max(climates[climate].warmest - 45 + Math.floor(random() * 90), 40), 320)
  if (mixed) isClear = false

  // Dates.
  const form = pick(random, Object.keys(dateForms) as (keyof typeof dateForms)[])
  const order = orders[form]
  if (order && chance(0.5)) options.dateOrder = chance(0.8) ? order : order === 'dmy' ? 'mdy' : 'dmy'
  if (noDates.includes(form)) isClear = false

  // Which days: the whole year, or some of it when the unit is said rightly.
  const isWhole366 = told.startsWith('wrong') || mixed !== undefined || chance(0.6)
  const isStartOfMonth = chance(0.3)
  const monthStarts = [0, 31, 60, 91, 121, 152, 182, 213, 244, 274]
  const someDay = isStartOfMonth ? pick(random, monthStarts) : Math.floor(random() * 300)
  const someDays = isStartOfMonth ? 6 + Math.floor(random() * 6) : 6 + Math.floor(random() * 54)
  const first = isWhole366 ? 0 : someDay
  const last = isWhole366 ? dayCount - 1 : first + someDays
  // What is said wrongly shows in a whole year alone.
  if (!isWhole366 && options.dateOrder) options.dateOrder = order
  if ((!isWhole366 && order && !options.dateOrder) || (options.dateOrder && options.dateOrder !== order))
    isClear = false

  // What is missing, and by what mark.
  const numbers = numbersForMissing[unit]
  const mark = pick(random, [wordsForMissing, wordsForMissing, numbers, numbers, notRead])
  const missing = pick(random, mark)
  const isMissing = (day: number) => (day * 7919 + first) % 17 === 3
  const separatorForMark = /,/.test(missing)
  if (mark === notRead || ['-9,999', '9.999'].includes(missing) || (unit === 'F' && missing === '99.9'))
    isClear = false
  if (chance(0.1) && mark === numbers) options.missing = [missing]

  // Flags.
  const flags = pick(random, ['none', 'none', 'attributes', 'noaa', 'code', 'code', 'word'] as const)
  const isFlagged = (day: number) => flags !== 'none' && (day * 104_729 + first) % 23 === 5
  const flagColumn = {
    none: undefined,
    attributes: `${column}_attributes`,
    noaa: pick(random, ['qflag', 'QFLAG', 'q_flag', 'Quality Flag', `${column}_qflag`, `qflag_${column}`]),
    code: pick(random, ['qc', 'quality_code', 'tmax_qc', 'Flag', 'QF']),
    word: pick(random, ['Qualität', 'status', 'is_valid', 'temp_quality', 'suspect']),
  }[flags]
  const [goodFlag, badFlag] = {
    none: ['', ''],
    attributes: [
      pick(random, [',,W', ',,W,2400', 'H,,S', ',,Z,null']),
      pick(random, [',I,W', 'H,S,0,0700', ',X,W']),
    ],
    noaa: [pick(random, ['', ' ', 'NA']), pick(random, ['I', 'X', 'G', 'D'])],
    code: [pick(random, ['0', '1', 'A']), pick(random, ['9', '4', 'B', ''])],
    word: [pick(random, ['ok', 'good', 'true']), pick(random, ['bad', 'false', ''])],
  }[flags] as [string, string]
  if (flags === 'code' || flags === 'word') {
    if (chance(0.6)) options.goodFlags = [goodFlag.toLowerCase()]
    else isClear = false
  }

  // A second station, at another place.
  const hasStation = chance(0.45)
  const stationColumn = pick(random, stationColumns)
  const isSecond = hasStation && chance(0.6)
  const other = drawWeather(random, pick(random, Object.keys(climates) as (keyof typeof climates)[]))
  const ids = pick(random, [
    ['A', 'B'],
    ['726410', '726411'],
    ['Madison, WI', 'Monona'],
    ['USW00014837', 'USC00471416'],
  ] as const)
  const isInterleaved = chance(0.5)
  if (isSecond) {
    if (chance(0.7)) options.station = ids[0]
    else isClear = false
  } else if (hasStation && chance(0.2)) options.station = ids[0]

  // Another column that may be the maximum.
  const hasRival = chance(0.08)
  if (hasRival) {
    if (chance(0.5)) options.column = column.toLowerCase()
    else isClear = false
  }

  const separator = pick(random, [',', ',', ';', '\t', '|'])
  const isDecimalComma = chance(separator === ',' ? 0.1 : 0.4)
  const isPadded = chance(0.1)
  const isQuoted = chance(0.2)
  const quote = (cell: string) =>
    isQuoted || cell.includes(separator) || cell.includes('"') ? `"${cell.replaceAll('"', '""')}"` : cell
  const decimal = (text: string) => (isDecimalComma ? text.replace('.', ',') : text)
  if (separatorForMark && !isDecimalComma) isClear = false

  const rows: Row[] = []
  const isHourly = chance(0.03)
  if (isHourly) isClear = false
  for (const [station, values] of [weather, other].entries()) {
    if (station === 1 && !isSecond) continue
    for (let day = first; day <= last; day++) {
      const written = mixed && day >= mixedFrom ? mixed : unit
      const text = writeValue(values[day]!, written, isWhole)
      const isOut = isFlagged(day)
      const shown = isMissing(day) ? missing : isOut ? writeValue(values[day]! + 91, written, isWhole) : text
      const date = dateOf(day)
      // A temperature that looks as what stands for a missing one is none: so it was said.
      const isGiven = !isMissing(day) && !isOut && !(options.missing && shown === missing)
      if (station === 0 && isGiven) truth.set(date, meaningOf(text, written))
      // A temperature in °F, and a mark of missing values elsewhere.
      if (unit === 'F' && shown === '99.9' && !options.missing) isClear = false
      const value = decimal(shown)
      const cells = [dateForms[form](date), isPadded ? `  ${value} ` : value]
      if (hasRival) cells.push(decimal(writeValue(values[day]! + 5, unit, isWhole)))
      if (flagColumn) cells.push(isOut ? badFlag : goodFlag)
      cells.push(decimal(writeValue(values[day]! - 80, unit, isWhole)), '', 'a note')
      if (hasStation) cells.unshift(ids[station]!)
      for (let copy = 0; copy < (isHourly ? 3 : 1); copy++) rows.push({ date, cells: [...cells], station })
    }
  }
  if (isSecond && isInterleaved)
    rows.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : a.station - b.station))
  const isDescending = chance(0.2)
  if (isDescending) rows.reverse()
  if (chance(0.04)) {
    rows.sort(() => random() - 0.5)
    isClear = false
  }

  const names = [
    ...(hasStation ? [stationColumn] : []),
    pick(random, ['date', 'Date', 'DATE']),
    column,
    ...(hasRival ? [pick(random, ['tmax_corrected', 'tmax_adj', 'max_temp_raw'])] : []),
    ...(flagColumn ? [flagColumn] : []),
    'tmin',
    'tmin_qc',
    'note',
  ]
  const lines = rows.map(({ cells }) => cells.map(quote).join(separator))
  const header = names.map(quote).join(separator)
  if (chance(0.1)) lines.splice(Math.floor(random() * lines.length), 0, header)
  if (chance(0.05)) {
    lines.push(pick(random, ['Data courtesy of a service', '# end', '*** 366 rows']))
    isClear = false
  }
  if (chance(0.1)) lines.splice(Math.floor(random() * lines.length), 0, '')
  const end = pick(random, ['\n', '\r\n'])
  const start = `${chance(0.15) ? '\uFEFF' : ''}${chance(0.1) ? `sep=${separator}${end}` : ''}`
  const drawn = {
    climate,
    unit,
    isWhole,
    told,
    wrong,
    column,
    mixed,
    mixedFrom,
    form,
    first,
    last,
    missing,
    flags,
    flagColumn,
    goodFlag,
    badFlag,
    stationColumn: hasStation && stationColumn,
    isSecond,
    hasRival,
    separator,
    isDecimalComma,
    isHourly,
  }
  return {
    text: `${start}${[header, ...lines].join(end)}${chance(0.8) ? end : ''}`,
    ...{ options, truth, isClear, drawn },
  }
}
