import { OperatingError } from '../core/program.ts'
import { quoted } from '../core/quoted.ts'
import { type CalendarDay, daysInMonth, formatDate, type MonthName, monthNames } from '../weather/calendar.ts'
import { type Checkpoint, countDays, emptyCheckpoint, monthTable } from './checkpoint.ts'
import { parseUsualForm } from './parse-usual-form.ts'

/**
 * Parses the text of a partition file and believes nothing of it unchecked.
 *
 * @param path names the file in errors
 * @throws OperatingError naming file, key, what was found and what was expected
 */
export function parseCheckpoint(text: string, partition: number, path: string): Checkpoint {
  const fail: Fail = (key, found, expected) => {
    throw new OperatingError(
      `${path}: ${key} is ${show(found)}: expected ${expected}. The file was left as it is. ` +
        `Correct it, or count again from the log with \`consumer.ts ${partition} --rebuild\`, which keeps it in archive/.`,
    )
  }
  const checkpoint = parseUsualForm(text, partition) ?? parseAnyForm(text, partition, fail)
  const counted = countDays(checkpoint)
  // A log begins at 0, so each day counted is a record before the offset.
  if (counted > checkpoint.offset)
    fail('offset', checkpoint.offset, `at least ${counted}, the sum of all counts`)
  return checkpoint
}

type Fail = (key: string, found: unknown, expected: string) => never

function parseAnyForm(text: string, partition: number, fail: Fail): Checkpoint {
  const file = parseObject(parseJson(text, fail), 'the file', fail)
  if (file.partition !== partition) fail('partition', file.partition, `${partition}`)
  if (!isWholeNumber(file.offset)) fail('offset', file.offset, 'a whole number, 0 or more')
  const checkpoint = emptyCheckpoint(partition)
  checkpoint.offset = file.offset as number
  for (const [key, years] of Object.entries(file)) {
    if (key === 'partition' || key === 'offset') continue
    const month = monthNames.indexOf(key as MonthName) + 1
    if (month === 0) fail(quoted(key), years, 'only partition, offset and names of months as keys')
    parseYears(checkpoint, month, parseObject(years, key, fail), fail)
  }
  return checkpoint
}

function parseYears(checkpoint: Checkpoint, month: number, years: Record<string, unknown>, fail: Fail): void {
  const name = monthNames[month - 1]!
  const table = monthTable(checkpoint, name)
  for (const [key, value] of Object.entries(years)) {
    const path = `${name}.${key}`
    const stats = parseObject(value, path, fail)
    const year = /^\d{4}$/.test(key) ? Number(key) : 0
    if (year === 0) fail(path, key, 'a year, 0001 to 9999, as key')
    const start = parseDay(stats.start, `${path}.start`, { year, month }, fail)
    const end = parseDay(stats.end, `${path}.end`, { year, month }, fail)
    if (start > end) fail(`${path}.start`, stats.start, `a date not after end, ${stats.end}`)
    const { count, sum, avg } = stats
    const daysMax = end - start + 1
    if (!isWholeNumber(count) || count < 1 || count > daysMax) {
      return fail(`${path}.count`, count, `a whole number from 1 to ${daysMax}, the days from start to end`)
    }
    if (typeof sum !== 'number' || !Number.isFinite(sum)) return fail(`${path}.sum`, sum, 'a number')
    if (avg !== sum / count) fail(`${path}.avg`, avg, `sum / count, ${sum / count}`)
    if (Object.keys(stats).length > 5) fail(path, stats, 'count, sum, avg, end and start alone as keys')
    table.counts[year] = count
    table.sums[year] = sum
    table.firstDays[year] = start
    table.lastDays[year] = end
  }
}

function parseJson(text: string, fail: Fail): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    return fail('the file', text, `JSON (${(error as Error).message})`)
  }
}

function parseObject(value: unknown, key: string, fail: Fail): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>
  return fail(key, value, 'an object')
}

function parseDay(
  value: unknown,
  key: string,
  { year, month }: Omit<CalendarDay, 'day'>,
  fail: Fail,
): number {
  // Compared as texts, for a file of 8,000 years has 64,000 dates, and a restart waits for them.
  const start = formatDate({ year, month, day: 1 }).slice(0, 8)
  if (typeof value === 'string' && value.length === 10 && value.startsWith(start)) {
    const day = Number(value.slice(8))
    if (/^\d\d$/.test(value.slice(8)) && day >= 1 && day <= daysInMonth(year, month)) return day
  }
  return fail(key, value, `a date of ${monthNames[month - 1]} ${year}, YYYY-MM-DD`)
}

function isWholeNumber(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function show(value: unknown): string {
  if (value === undefined) return 'missing'
  if (typeof value === 'string') return quoted(value)
  // JSON has no Infinity, which 1e999 is read as.
  return typeof value === 'number' ? `${value}` : quoted(JSON.stringify(value)).slice(1, -1)
}
