import { optional } from '../core/command.ts'
import type { Value } from '../core/option-values.ts'
import { monthNames, parseDate } from './calendar.ts'
import type { Years } from './source.ts'

/** A day of the calendar, as it is written. */
export const date: Value<string> = {
  parse: (text) => (parseDate(text) ? text : undefined),
  expected: 'a day, YYYY-MM-DD',
}

/** A month of a year, such as `January-2010`, as a partition file has both. */
export const monthOfYear: Value<{ name: string; year: string }> = {
  parse: (text) => {
    const [, name, year] = /^([A-Za-z]+)-(\d{4})$/.exec(text) ?? []
    const isMonth = monthNames.some((known) => known === name) && year !== '0000'
    return isMonth ? { name: name!, year: year! } : undefined
  },
  expected: 'a month and a year, such as January-2010',
}

/** A reference period such as `1991-2020`: its first and last year. */
export const period: Value<Years> = {
  parse: (text) => {
    const [first, last] = /^\d{4}-\d{4}$/.test(text) ? text.split('-').map(Number) : []
    return first && last && first <= last ? { first, last } : undefined
  },
  expected: 'the first and last year of a period, such as 1991-2020',
}

/** The page's option, which `npm start` has too. */
export const normalsOption = optional(
  'YEARS',
  period,
  'Compare the months with the means of a reference period, such as 1991-2020.',
)
