import assert from 'node:assert/strict'
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import type { ObservationOptions } from '../files/lib/observations/observations.ts'
import { temporaryFolder } from './support/program.ts'
import { readFiles, readTexts } from './support/read-observations.ts'
import { seededRandom } from './support/seeded-random.ts'
import { writeWeewx } from './support/weewx-database.ts'

const rounds = 150

/** A day as it was: the tenths of °C of its hours, some of them without a reading. */
type Day = { date: string; hours: (number | undefined)[] }

/** A known time: days in a row, and a random number generator for what is left open. */
type Known = { days: Day[]; random: () => number }

/** How a program writes it: a file, and what is said of it. The days that it cannot hold as they were are left out of it. */
type Written = { text: string; options: ObservationOptions; expected: Day[] }

const dayMs = 86_400_000
const isoDate = (time: number) => new Date(time).toISOString().slice(0, 10)
const pad = (number: number) => String(number).padStart(2, '0')
const tenths = (number: number) => (number / 10).toFixed(1)
const lines = (rows: string[]) => rows.map((row) => `${row}\n`).join('')

function makeKnown(random: () => number): Known {
  const start = Date.UTC(1975 + Math.floor(random() * 48), 0, 1) + Math.floor(random() * 365) * dayMs
  // As weather does, it goes on from one day to the next.
  let mean = Math.round(random() * 300 - 100)
  const days = Array.from({ length: 2 + Math.floor(random() * 40) }, (_, index) => {
    mean = Math.min(Math.max(mean + Math.round(random() * 80 - 40), -150), 250)
    const gaps = index === 0 ? 0 : [0, 0, 0, 0.05, 0.15, 0.5, 1][Math.floor(random() * 7)]!
    const hours = Array.from({ length: 24 }, () =>
      random() < gaps ? undefined : mean + Math.floor(random() * 60),
    )
    return { date: isoDate(start + index * dayMs), hours }
  })
  return { days, random }
}

/** The highest reading of a day; undefined when there is none. */
function highest({ hours }: Day): number | undefined {
  const known = hours.filter((hour) => hour !== undefined)
  return known.length > 0 ? Math.max(...known) : undefined
}

/** The days with readings of 20 hours. */
function complete(days: Day[]): Day[] {
  return days.filter(({ hours }) => hours.filter((hour) => hour !== undefined).length >= 20)
}

const anyReading = (days: Day[]) => days.filter((day) => highest(day) !== undefined)
const pick = <T>(random: () => number, ...choices: T[]) => choices[Math.floor(random() * choices.length)]!

function writeEcowitt({ days, random }: Known): Written {
  const isFahrenheit = random() < 0.3
  const write = (number: number) => (isFahrenheit ? ((number * 18 + 3200) / 100).toFixed(2) : tenths(number))
  const rows = days.flatMap(({ date, hours }) =>
    hours.flatMap((value, hour) => {
      if (value === undefined && random() < 0.5) return []
      const time = `${date.replaceAll('-', pick(random, '-', '/'))} ${pad(hour)}:${pad(Math.floor(random() * 60))}`
      return [`${time},22.0,${value === undefined ? pick(random, '', '--', '-') : write(value)},50`]
    }),
  )
  const unit = isFahrenheit ? pick(random, '℉', '°F', 'F') : pick(random, '℃', '°C', 'C')
  const header = `Time,Indoor Temperature(${unit}),Outdoor Temperature(${unit}),Outdoor Humidity(%)`
  return {
    text: lines([header, ...(random() < 0.3 ? rows.toReversed() : rows)]),
    options: {},
    expected: complete(days),
  }
}

function writeWeatherLink({ days, random }: Known): Written {
  const order = pick(random, 'dmy', 'mdy') as 'dmy' | 'mdy'
  const rows = days.flatMap(({ date, hours }) =>
    hours.flatMap((value, hour) => {
      if (value === undefined && random() < 0.5) return []
      // The record is stamped at its end: that of the last hour by the next day.
      const end = new Date(Date.parse(`${date}T00:00Z`) + (hour + 1) * 3_600_000)
      const [year, month, day] = [end.getUTCFullYear() % 100, end.getUTCMonth() + 1, end.getUTCDate()]
      const at = end.getUTCHours()
      const half = `${at % 12 || 12}:00 ${at < 12 ? 'AM' : 'PM'}`
      const numbers = order === 'dmy' ? [day, month] : [month, day]
      const text = value === undefined ? '--' : tenths(value)
      return [`"${numbers.join('/')}/${pad(year)} ${half}",1013.2,90.0,${text},${text},50`]
    }),
  )
  const header = '"Date & Time","Barometer - mb","Inside Temp - °C","Temp - °C","High Temp - °C","Hum - %"'
  const options = random() < 0.5 ? { dateOrder: order } : {}
  return { text: lines(['"Garden"', '""', header, ...rows]), options, expected: complete(days) }
}

function writeCumulus({ days, random }: Known): Written {
  const [separator, sign] = pick(random, [',', '.'], [';', ','], [';', '.'], ['\t', ','])
  const dash = pick(random, '/', '-', '.')
  const order = pick(random, 'dmy', 'dmy', 'mdy') as 'dmy' | 'mdy'
  const rows = days.map((day) => {
    const [year, month, date] = day.date.split('-') as [string, string, string]
    const numbers = order === 'dmy' ? [date, month] : [month, date]
    const high = highest(day)
    const values = ['11.0', '270', '22:56', high === undefined ? '9999.0' : tenths(high - 90), '06:34']
    const rest = [
      high === undefined ? '-9999.0' : tenths(high),
      '14:07',
      '1001.8',
      '00:03',
      '1012.3',
      '23:55',
    ]
    const fields = [...values, ...rest].map((value) => value.replace('.', sign!))
    return [`${numbers.join(dash)}${dash}${year.slice(random() < 0.5 ? 0 : 2)}`, ...fields].join(separator)
  })
  const said = random() < 0.5 ? { dateOrder: order } : {}
  return { text: lines(rows), options: { unit: 'C', ...said }, expected: anyReading(days) }
}

function writeMeteostat({ days, random }: Known): Written {
  const noModel = random() < 0.5
  const made = days.map(() =>
    pick(random, 'ghcnd', 'dwd_daily', 'isd_lite metar', 'dwd_mosmix', 'isd_lite metno_forecast'),
  )
  const rows = days.map((day, index) => {
    const high = highest(day)
    const date = day.date.split('-').map(Number).join()
    return high === undefined
      ? `${date},,,,,,`
      : `${date},${tenths(high - 50)},ghcnd,,,${tenths(high)},${made[index]}`
  })
  const isObserved = (_: Day, index: number) => !/mosmix|metno/.test(made[index]!)
  const counted = noModel ? days.filter(isObserved) : days
  const header = 'year,month,day,temp,temp_source,tmin,tmin_source,tmax,tmax_source'
  return { text: lines([header, ...rows]), options: { noModel }, expected: anyReading(counted) }
}

function writeDwd({ days, random }: Known): Written {
  const rows = days.map((day) => {
    const high = highest(day)
    const level = high === undefined ? '-999' : pick(random, '1', '3', '5', '9', '10')
    const value = high === undefined ? '-999' : tenths(high)
    return `         44;${day.date.replaceAll('-', '')};${level.padStart(5)}; -999;${value.padStart(6)}; -999;eor`
  })
  return {
    text: lines(['STATIONS_ID;MESS_DATUM;QN_4; TMK; TXK; TNK;eor', ...rows]),
    options: {},
    expected: anyReading(days),
  }
}

function writeEcad({ days, random }: Known): Written {
  const quality = days.map((day) => (highest(day) === undefined ? '9' : pick(random, '0', '0', '0', '1')))
  const rows = days.map((day, index) => {
    const value = String(highest(day) ?? -9999).padStart(5)
    return `     1, 35382,${day.date.replaceAll('-', '')},${value},    ${quality[index]}`
  })
  const header = ['ECA&D, one "blended" series', '', 'STAID, SOUID,    DATE,   TX, Q_TX']
  return {
    text: lines([...header, ...rows]),
    options: {},
    expected: anyReading(days).filter((day) => quality[days.indexOf(day)] === '0'),
  }
}

const programs: [name: string, write: (known: Known) => Written][] = [
  ['Ecowitt', writeEcowitt],
  ['WeatherLink', writeWeatherLink],
  ['Cumulus', writeCumulus],
  ['Meteostat', writeMeteostat],
  ['DWD', writeDwd],
  ['ECA&D', writeEcad],
]

function inFahrenheit(days: Day[]): string[] {
  return days.map((day) => `${day.date} ${((highest(day)! * 18 + 3200) / 100).toFixed(4)}`)
}

function rounded(days: string[]): string[] {
  return days.map((day) => `${day.slice(0, 10)} ${Number(day.slice(11)).toFixed(4)}`)
}

for (const [name, write] of programs) {
  test(`what is known is read from each file that ${name} could have written, or it stops over the order of its dates`, async (t) => {
    const random = seededRandom(t)
    let [stopped, stoppedInVain] = [0, 0]
    for (let round = 0; round < rounds; round++) {
      const { text, options, expected } = write(makeKnown(random))
      // Also with the line ends of Windows, and a byte order mark.
      const file = pick(random, text, text.replaceAll('\n', '\r\n'), `\uFEFF${text}`)
      try {
        const { days } = await readTexts([file], options)
        assert.deepEqual(rounded(days), inFahrenheit(expected), file)
      } catch (error) {
        // A unit that only the user says is held against the weather drawn, which may look like two: rare, and no wrong number.
        if (
          error instanceof Error &&
          /the values seem to change their unit/.test(error.message) &&
          options.unit
        ) {
          stoppedInVain++
          continue
        }
        if (!(error instanceof Error) || !/--date-order dmy or --date-order mdy/.test(error.message))
          throw error
        assert.ok(!options.dateOrder, file)
        stopped++
      }
    }
    assert.ok(stopped < rounds / 4, `${stopped} of ${rounds} stopped`)
    assert.ok(stoppedInVain <= Math.max(1, rounds / 200), `${stoppedInVain} of ${rounds} stopped in vain`)
  })
}

/** Where the clocks change while others do not, or at midnight. */
const zones = ['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Africa/Casablanca']

test('what is known is read from each database that weewx could have written', async (t) => {
  const random = seededRandom(t)
  const folder = await temporaryFolder(t)
  for (let round = 0; round < rounds / 3; round++) await checkWeewx(join(folder, 'weewx.sdb'), random)
})

async function checkWeewx(path: string, random: () => number): Promise<void> {
  const timeZone = pick(random, ...zones)
  const local = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short' })
  const dateOf = (moment: number) => local.format(moment * 1000)
  const start = Date.UTC(1995 + Math.floor(random() * 28), Math.floor(random() * 12), 2) / 1000
  const gap = pick(random, 0, 0.1, 0.2)
  const byDate = new Map<string, { begin: number; high: number; hours: number }>()
  const records = Array.from({ length: 24 * 40 }, (_, index) => {
    const moment = start + index * 3600
    const outTemp = random() < gap ? null : Math.round(100 + random() * 60) / 10
    // By its last second, for where the hours begin at half past one crosses midnight.
    const date = dateOf(moment + 3599)
    const day = byDate.get(date) ?? { begin: moment, high: -Infinity, hours: 0 }
    byDate.set(date, day)
    if (outTemp !== null) {
      day.high = Math.max(day.high, outTemp)
      day.hours++
    }
    return { dateTime: moment + 3600, outTemp }
  })
  // The first and the last day are cut.
  const days = [...byDate].slice(1, -1)
  const summaries = days.map(([, { begin, high, hours }]) => ({ dateTime: begin, max: high, hours }))
  const version = pick(random, '4.0', '3.0', undefined)
  rmSync(path, { force: true })
  const hasSummary = random() < 0.5 && timeZone !== 'Australia/Lord_Howe'
  writeWeewx(path, { records, ...(hasSummary && { days: summaries }), version })
  const whole = days.filter(([, { hours }]) => hours >= 20)
  const { days: read } = await readFiles([path], { timeZone, from: days[0]![0], to: days.at(-1)![0] })
  assert.deepEqual(
    rounded(read),
    whole.map(([date, { high }]) => `${date} ${((Math.round(high * 10) * 18 + 3200) / 100).toFixed(4)}`),
  )
}
