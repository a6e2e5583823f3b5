import { OperatingError } from '../../core/program.ts'
import { quoted } from '../../core/quoted.ts'
import { collect, declareUnit, fixUnit } from '../collector.ts'
import { checkLength, placeOf, type Row } from '../csv-row.ts'
import { parseDay } from '../date-text.ts'
import type { Place } from '../days.ts'
import type { Format } from '../format.ts'
import { formatError } from '../format-error.ts'
import type { Head } from '../head.ts'
import { parseNumber } from '../number-text.ts'

// What Meteostat calls its sources: those of a forecast or an analysis, and those of records and observations.
const models = ['model', 'dwd_mosmix', 'metno_forecast']
const observed = [
  ['ghcnd', 'isd_lite', 'metar', 'metar_legacy', 'synop', 'climat'],
  ['dwd_hourly', 'dwd_poi', 'dwd_daily', 'dwd_monthly'],
  ['eccc_hourly', 'eccc_daily', 'eccc_monthly'],
  ['gsa_hourly', 'gsa_synop', 'gsa_daily', 'gsa_monthly'],
  ['gsadh_hourly', 'gsadh_synop', 'gsadh_daily', 'gsadh_monthly'],
].flat()

const oldBulk = 'date,tavg,tmin,tmax,prcp,snow,wdir,wspd,wpgt,pres,tsun'.split(',')
const others = [...oldBulk.slice(4), 'rhum', 'snwd', 'cldc', 'dwpt', 'vsby', 'coco']

/**
 * Daily data of Meteostat: the yearly files of its bulk data (`year,month,day,temp,temp_source,…`) and the older ones
 * without a header, in °C; and what its site and its Python library export (`time,tavg,tmin,tmax,…`), in °C unless
 * `--units` says otherwise, for the library converts.
 *
 * Where a station has no observation, Meteostat has a model's; the columns `…_source` say so.
 */
export const meteostat: Format = {
  name: 'Meteostat daily data',
  dataset: 'Meteostat',
  hasModelData: true,
  detect: (head) => findLayout(head) !== undefined,
  async read({ head, rows }, collector) {
    const { source, options, about } = collector
    const layout = findLayout(head)!
    const { names, date, tmax, made } = layout
    if (!layout.isExport) fixUnit(collector, 'C')
    else if (!options.unit) declareUnit(collector, 'C', 'an export of Meteostat')
    if (options.noModel && made < 0) throw sourcesMissing(source)
    let fromModel = 0
    const order = layout.header === undefined ? startOrderCheck() : undefined
    const take = (row: Row) => {
      // Files put together keep their headers.
      if (row.text === layout.header) return
      checkLength(source, row, names.length)
      const place = (field: number) => placeOf(source, row, field)
      order?.take(row, place(tmax))
      const text = (field: number) => row.fields[field]!.trim()
      const day = parseDay(date.map((field) => text(field).padStart(2, '0')).join('-'), place(date[0]!))
      const value = text(tmax)
      const isModelled = made >= 0 && value !== '' && isFromModel(text(made), place(made), options.noModel)
      const station =
        layout.station < 0 ? {} : { station: checkStation(text(layout.station), place(layout.station)) }
      if (collect(collector, { ...station, day, value, isModelled, place: place(tmax) }) && isModelled)
        fromModel++
    }
    await rows(take, { below: layout.header === undefined ? 0 : head.header!.endLine })
    order?.finish()
    if (fromModel > 0 && !options.noModel) about.notes.push(modelNote(source, fromModel))
  },
}

/** Where a file has what: numbers of its columns from 0, -1 for none. */
type Layout = {
  /** The text of the header, if there is one. */
  header: string | undefined
  names: readonly string[]
  isExport: boolean
  station: number
  /** One column, or three for year, month and day. */
  date: readonly number[]
  tmax: number
  /** What the highest temperature is made from: `tmax_source`. */
  made: number
}

function findLayout(head: Head): Layout | undefined {
  const { header } = head
  const names = header?.names ?? []
  const column = (name: string) => names.indexOf(name)
  const [station, tmax, made] = [column('station'), column('tmax'), column('tmax_source')]
  const common = { header: header?.text, names, station, tmax, made }
  if (names.slice(0, 3).join() === 'year,month,day' && tmax >= 0 && made >= 0)
    return { ...common, isExport: false, date: [0, 1, 2] }
  if (isExport(names)) return { ...common, isExport: true, date: [station === 0 ? 1 : 0] }
  const isOld = names.length === oldBulk.length && isOldRow(names)
  return isOld
    ? { ...common, header: undefined, names: oldBulk, isExport: false, date: [0], tmax: 3 }
    : undefined
}

/** In Meteostat's own order: others have the same names in another order, and other units. */
function isExport(names: readonly string[]): boolean {
  const values = names.filter((name) => !name.endsWith('_source'))
  const [date, mean, ...rest] = values[0] === 'station' ? values.slice(1) : values
  const isKnown = rest.slice(2).every((name) => others.includes(name))
  return (
    /^(date|time)$/.test(date ?? '') &&
    /^(temp|tavg)$/.test(mean ?? '') &&
    rest.slice(0, 2).join() === 'tmin,tmax' &&
    isKnown
  )
}

function isOldRow([date, ...values]: readonly string[]): boolean {
  return (
    /^\d{4}-\d\d-\d\d$/.test(date!) &&
    values.every((value) => value === '' || parseNumber(value) !== undefined)
  )
}

function checkStation(id: string, place: Place): string {
  if (/^\w{1,20}$/.test(id)) return id
  throw formatError(place, quoted(id), 'a station')
}

/**
 * Checks, where no header names the columns, that they are the ones taken for them: a mean lies between the others. A few do
 * not, for they come from several sources.
 */
function startOrderCheck() {
  let [rows, misfits] = [0, 0]
  let first: OperatingError | undefined
  return {
    take({ fields }: Row, place: Place): void {
      rows++
      const [mean, low, high] = fields.slice(1, 4).map(parseNumber)
      if (isInOrder(low, mean) && isInOrder(mean, high) && isInOrder(low, high)) return
      misfits++
      const found = `mean ${fields[1]}, lowest ${fields[2]} and highest ${fields[3]} temperature`
      first ??= formatError(
        place,
        found,
        'the mean between the others, in a file of Meteostat without a header',
      )
    },
    /** @throws OperatingError when it is so in more than one row of a hundred */
    finish(): void {
      if (first && misfits * 100 > rows) throw first
    },
  }
}

function isInOrder(one: number | undefined, other: number | undefined): boolean {
  return one === undefined || other === undefined || one <= other
}

/**
 * Whether a value is made, or made in part, from a model.
 *
 * @throws OperatingError when that must be known and one of its sources is not
 */
function isFromModel(text: string, place: Place, mustBeKnown: boolean | undefined): boolean {
  const sources = text.split(/\s+/)
  const unknown = sources.find((source) => !models.includes(source) && !observed.includes(source))
  if (mustBeKnown && unknown !== undefined)
    throw formatError(
      place,
      quoted(unknown),
      `a source known for a model or not, such as ${models[1]} or ${observed[0]}`,
    )
  return sources.some((source) => models.includes(source))
}

function sourcesMissing(source: string): OperatingError {
  return new OperatingError(
    `${source}: it has no column tmax_source, so nothing tells which values are from a model: expected no --no-model. Nothing has been sent.`,
  )
}

function modelNote(source: string, count: number): string {
  return `${source}: values from a model, not observed: ${count}. --no-model leaves them out.`
}
