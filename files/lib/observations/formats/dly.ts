import { quoted } from '../../core/quoted.ts'
import type { Collector } from '../collector.ts'
import { type Format, ghcnDaily } from '../format.ts'
import { formatError } from '../format-error.ts'
import { collectGhcnValue } from '../ghcn-value.ts'
import { firstText } from '../head.ts'

const lineLength = 269

/** GHCN-Daily's `.dly`: fixed width, a line a station, month and element, 31 values of eight characters from column 22. */
export const dly: Format = {
  name: 'GHCN-Daily .dly',
  dataset: ghcnDaily,
  unit: 'tenths',
  detect: (head) => /^[\w-]{11}\d{6}[A-Z\d]{4}[ \d-]/.test(firstText(head)),
  read: (content, collector) =>
    content.lines((bytes, start, end, line) => {
      collectMonth(collector, bytes.toString('latin1', start, end), line)
    }),
}

function collectMonth(collector: Collector, text: string, line: number): void {
  if (text === '') return
  const { source } = collector
  // In full: a line cut short may have lost the flag that says a value is wrong.
  if (text.length !== lineLength) {
    const column = Math.min(text.length, lineLength) + 1
    throw formatError({ source, line, column }, `the line has ${text.length} characters`, `${lineLength}`)
  }
  const [, station, month, element] = /^([\w-]{11})(\d{4}(?:0[1-9]|1[0-2]))([A-Z\d]{4})/.exec(text) ?? []
  if (!station || !month) {
    const found = quoted(text.slice(0, 21))
    throw formatError({ source, line, column: 1 }, found, 'station, year, month and element')
  }
  if (element !== 'TMAX') return
  for (let day = 1; day <= 31; day++) {
    const at = 13 + 8 * day
    const place = { source, line, column: at + 1 }
    const group = text.slice(at, at + 8)
    const [, tenths, quality] = /^( *-?\d+)[ \w]([ A-Z])[ \w]$/.exec(group) ?? []
    if (tenths?.length !== 5)
      throw formatError(place, quoted(group), 'a value of five characters and three flags')
    const value = { day: Number(month) * 100 + day, tenths: Number(tenths), quality: quality! }
    collectGhcnValue(collector, { station, ...value, place })
  }
}
