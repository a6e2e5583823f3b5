import { type MonthName, monthNames } from '../weather/calendar.ts'
import { type Checkpoint, emptyCheckpoint, monthTable, yearSeparator } from './checkpoint.ts'
import { parseYearLine } from './parse-year-line.ts'
import { blockOf } from './stats.ts'

const head = /\{"partition": (\d), "offset": (0|[1-9]\d{0,14})(?=[,}])/y
const monthHead = /,\n"([A-Z][a-z]+)": \{/y

/**
 * Parses a partition file as `formatCheckpoint` writes it, in a fifth of the time in which any JSON is parsed and
 * checked: a restart with 8,000 years of history waits for it. The text of the years is kept, not to be made again.
 *
 * @returns undefined when the text has any other form, be it right or wrong, or says what cannot be
 */
export function parseUsualForm(text: string, partition: number): Checkpoint | undefined {
  const [start, found, offset] = matchAt(head, text, 0) ?? []
  if (start === undefined || Number(found) !== partition) return undefined
  const checkpoint = { ...emptyCheckpoint(partition), offset: Number(offset) }
  let position = start.length
  for (let month = 0; text[position] === ','; ) {
    const [line, name] = matchAt(monthHead, text, position) ?? []
    const next = monthNames.indexOf(name as MonthName) + 1
    if (line === undefined || next <= month) return undefined
    month = next
    position = parseYears(checkpoint, month, text, position + line.length)
    if (text[position++] !== '}') return undefined
  }
  return text.endsWith('}\n') && text.length === position + 2 ? checkpoint : undefined
}

/** @returns where the month's years end; -1 when something else stands among them */
function parseYears(checkpoint: Checkpoint, month: number, text: string, start: number): number {
  const name = monthNames[month - 1]!
  const table = monthTable(checkpoint, name)
  const texts = checkpoint.texts.get(name)!
  let [position, blockStart, last] = [start, start, 0]
  for (;;) {
    const year = readYear(text, position)
    const end = parseYearLine(table, month, text, position)
    if (end < 0 || year <= last) return -1
    const next = end + yearSeparator.length
    const isLast = !text.startsWith(yearSeparator, end)
    const block = blockOf(year)
    if (isLast || blockOf(readYear(text, next)) !== block) {
      texts[block] = Buffer.from(text.slice(blockStart, end), 'latin1')
      table.changedBlocks[block] = 0
      blockStart = next
    }
    if (isLast) return end
    position = next
    last = year
  }
}

const readYear = (text: string, lineStart: number) => Number(text.slice(lineStart + 1, lineStart + 5))

function matchAt(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position
  return pattern.exec(text)
}
