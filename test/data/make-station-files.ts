import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeWeewx } from '../support/weewx-database.ts'

// Writes examples of the files of stations' programs to stations/: the same fortnight in each. What the fortnight
// holds is invented. `npx node test/data/make-station-files.ts`
const folder = join(import.meta.dirname, 'stations')
const timeZone = 'Europe/Berlin'

/** The highest temperature of each day in °C; none on 3 April. On 31 March the clocks go from 02:00 to 03:00. */
const highs: [date: string, celsius: number | undefined][] = [
  ['2024-03-25', 12.1],
  ['2024-03-26', 15.4],
  ['2024-03-27', 16.8],
  ['2024-03-28', 14.9],
  ['2024-03-29', 20.3],
  ['2024-03-30', 24.7],
  ['2024-03-31', 21.6],
  ['2024-04-01', 17.0],
  ['2024-04-02', 13.2],
  ['2024-04-03', undefined],
  ['2024-04-04', 15.5],
  ['2024-04-05', 18.8],
  ['2024-04-06', 26.1],
  ['2024-04-07', 25.9],
]

/** The last day is not over, or failed a check, or is a model's: each file says it in its own way, and it does not count. */
const [lastDate, lastHigh] = ['2024-04-08', 23.4] as const
const all: [string, number | undefined][] = [...highs, [lastDate, lastHigh]]

/** A temperature between two days' highest ones: it is reached at 15:00. */
function temperatureAt(high: number, hour: number): number {
  return Math.round(10 * (high - 0.8 * Math.min(Math.abs(hour - 15), 12))) / 10
}

const berlin = new Intl.DateTimeFormat('sv', { timeZone, dateStyle: 'short', timeStyle: 'short' })

/** Local date and time, `2024-03-31 14:00`. */
function localTime(moment: number): [date: string, hour: number] {
  const [date, time] = berlin.format(moment * 1000).split(' ') as [string, string]
  return [date, Number(time.slice(0, 2))]
}

const hour = 3600
const start = Date.parse('2024-03-24T23:00Z') / 1000
const end = Date.parse('2024-04-08T14:00Z') / 1000
const highOf = new Map(all)
const moments = Array.from({ length: (end - start) / hour }, (_, index) => start + index * hour)
const pad = (number: number) => String(number).padStart(2, '0')
const lines = (rows: string[], ending = '\n') => rows.map((row) => row + ending).join('')
const save = (name: string, text: string) => writeFileSync(join(folder, name), text)

function saveWeewx(): void {
  const path = join(folder, 'weewx.sdb')
  rmSync(path, { force: true })
  const records = moments.map((moment) => {
    const [date, hour] = localTime(moment)
    const high = highOf.get(date)
    // A record has the mean of its interval, so the day's highest value is not in it.
    return { dateTime: moment + 3600, outTemp: high === undefined ? null : temperatureAt(high - 0.3, hour) }
  })
  const midnights = moments.filter((moment) => localTime(moment)[0] !== localTime(moment - hour)[0])
  const days = midnights.map((dateTime) => {
    const [date] = localTime(dateTime)
    const hours = moments.filter((moment) => localTime(moment)[0] === date).length
    return { dateTime, max: highOf.get(date) ?? null, hours: highOf.get(date) === undefined ? 0 : hours }
  })
  writeWeewx(path, { usUnits: 17, records, days })
}

function saveCumulus(): void {
  const rows = highs.map(([date, high]) => {
    const [year, month, day] = date.split('-')
    const low = high === undefined ? '9999.0' : (high - 9).toFixed(1)
    const temperatures = `${low},06:34,${(high ?? -9999).toFixed(1)},15:00`
    return `${day}/${month}/${year!.slice(2)},11.0,270,22:56,${temperatures},1001.8,00:03,1012.3,23:55,2.4,04:10,3.6,${low},120.4`
  })
  save('dayfile.txt', lines(rows, '\r\n'))
}

function saveEcowitt(): void {
  const header =
    'Time,Indoor Temperature(℃),Indoor Humidity(%),Outdoor Temperature(℃),Outdoor Humidity(%),Dew Point(℃),Feels Like(℃),Wind(m/s),Gust(m/s),Wind Direction(deg),ABS Pressure(hPa),REL Pressure(hPa),Solar Rad(w/m2),UV-Index,Hourly Rain(mm),Event Rain(mm),Daily Rain(mm),Weekly Rain(mm),Monthly Rain(mm),Yearly Rain(mm)'
  const rows = moments.map((moment) => {
    const [date, hour] = localTime(moment)
    const high = highOf.get(date)
    const outdoor = high === undefined ? '--' : temperatureAt(high, hour).toFixed(1)
    return `${date} ${pad(hour)}:00,27.8,55,${outdoor},54,4.4,8.2,1.1,1.6,259,989.6,1013.1,0.00,0,0.0,0.0,0.0,0.0,0.0,0.0`
  })
  save('ecowitt.csv', lines([header, ...rows]))
}

function saveWeatherLink(): void {
  const header =
    '"Date & Time","Barometer - mb","Inside Temp - °C","High Inside Temp - °C","Temp - °C","High Temp - °C","Low Temp - °C","Hum - %","Rain - mm"'
  const rows = moments.map((moment) => {
    const high = highOf.get(localTime(moment)[0])
    const [date, hour] = localTime(moment + 3600)
    const [year, month, day] = date.split('-').map(Number)
    const half = `${hour % 12 || 12}:00 ${hour < 12 ? 'AM' : 'PM'}`
    const highest = high === undefined ? '--' : temperatureAt(high, localTime(moment)[1]).toFixed(1)
    return `"${month}/${day}/${year! % 100} ${half}",1013.1,27.1,27.8,${highest},${highest},${highest},54,0.0`
  })
  const before = ['"Garden"', '"Vantage Pro2"', '"ID 1"', '"3/25/24 - 4/8/24"', '""']
  save('weatherlink.csv', lines([...before, header, ...rows]))
}

function saveMeteostat(): void {
  const header =
    'year,month,day,temp,temp_source,tmin,tmin_source,tmax,tmax_source,rhum,rhum_source,prcp,prcp_source'
  const rows = all.map(([date, high]) => {
    const day = date.split('-').map(Number).join()
    if (high === undefined) return `${day},,,,,,,,,0.0,ghcnd`
    const source = date === lastDate ? 'dwd_mosmix' : 'ghcnd'
    return `${day},${(high - 5).toFixed(1)},ghcnd,${(high - 9).toFixed(1)},ghcnd,${high.toFixed(1)},${source},,,0.0,ghcnd`
  })
  save('meteostat.csv', lines([header, ...rows]))
}

function saveDwd(): void {
  const header =
    'STATIONS_ID;MESS_DATUM;QN_3;  FX;  FM;QN_4; RSK;RSKF; SDK;SHK_TAG;  NM; VPM;  PM; TMK; UPM; TXK; TNK; TGK;eor'
  const rows = highs.map(([date, high]) => {
    const [mean, highest, low] = [-5, 0, -9].map((more) =>
      high === undefined ? '-999' : (high + more).toFixed(1),
    )
    const values = [-999, -999, -999, 3, 0.0, 0, -999, 0, -999, 7.1, 985.2, mean, 62.0, highest, low, -999]
    const day = `        999;${date.replaceAll('-', '')}`
    return `${[day, ...values.map((value) => String(value).padStart(5))].join(';')};eor`
  })
  save('produkt_klima_tag_20240325_20240407_00999.txt', lines([header, ...rows], '\r\n'))
}

function saveEcad(): void {
  const before = `EUROPEAN CLIMATE ASSESSMENT & DATASET (ECA&D), file created on: 01-05-2024
THESE DATA CAN BE USED FOR NON-COMMERCIAL RESEARCH AND EDUCATION PROVIDED THAT THE FOLLOWING SOURCE IS ACKNOWLEDGED:

Klein Tank, A.M.G. and Coauthors, 2002. Daily dataset of 20th-century surface
air temperature and precipitation series for the European Climate Assessment.
Int. J. of Climatol., 22, 1441-1453.
Data and metadata available at http://www.ecad.eu

FILE FORMAT (MISSING VALUE CODE = -9999):

01-06 STAID: Station identifier
08-13 SOUID: Source identifier
15-22 DATE : Date YYYYMMDD
24-28 TX   : Maximum temperature in 0.1 C
30-34 Q_TX : quality code for TX (0='valid'; 1='suspect'; 9='missing')

This is the blended series of station NOWHERE, EXAMPLE (STAID: 999999)
Blended and updated with sources: 999999
See files sources.txt and stations.txt for more info.

STAID, SOUID,    DATE,   TX, Q_TX`
  const rows = all.map(([date, high]) => {
    const tenths = high === undefined ? '-9999' : String(Math.round(high * 10)).padStart(5)
    const quality = high === undefined ? 9 : date === lastDate ? 1 : 0
    return `999999,999999,${date.replaceAll('-', '')},${tenths},${String(quality).padStart(5)}`
  })
  save('TX_STAID999999.txt', lines([before, ...rows], '\r\n'))
}

saveWeewx()
saveCumulus()
saveEcowitt()
saveWeatherLink()
saveMeteostat()
saveDwd()
saveEcad()
