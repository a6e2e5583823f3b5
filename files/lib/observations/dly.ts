import { quoted } from '../quoted.ts'
import { type Form, misfit, type Reading } from './form.ts'
import { takeGhcnValue } from './ghcn-value.ts'

const lineLength = 269

/** GHCN-Daily's `.dly`: fixed width, a line a station, month and element, 31 values of eight characters from column 22. */
export const dly: Form = {
  name: '.dly',
  isFirstLine: (line) => /^[\w-]{11}\d{6}[A-Z\d]{4}[ \d-]/.test(line),
  start: (reading) => ({
    line: (bytes, start, end, line) => readMonth(reading, bytes.toString('latin1', start, end), line),
    end: () => {},
  }),
}

function readMonth(reading: Reading, text: string, line: number): void {
  if (text === '') return
  const { source } = reading
  // In full: a line cut short may have lost the flag that says a value is wrong.
  if (text.length !== lineLength) {
    const column = Math.min(text.length, lineLength) + 1
    throw misfit({ source, line, column }, `the line has ${text.length} characters`, `${lineLength}`)
  }
  const [, station, month, element] = /^([\w-]{11})(\d{4}(?:0[1-9]|1[0-2]))([A-Z\d]{4})/.exec(text) ?? []
  if (!station || !month)
    throw misfit({ source, line, column: 1 }, quoted(text.slice(0, 21)), 'station, year, month and element')
  if (element !== 'TMAX') return
  for (let day = 1; day <= 31; day++) {
    const at = 13 + 8 * day
    const place = { source, line, column: at + 1 }
    const group = text.slice(at, at + 8)
    const [, tenths, quality] = /^( *-?\d+)[ \w]([ A-Z])[ \w]$/.exec(group) ?? []
    if (tenths?.length !== 5) throw misfit(place, quoted(group), 'a value of five characters and three flags')
    const value = { day: Number(month) * 100 + day, tenths: Number(tenths), quality: quality! }
    takeGhcnValue(reading, { station, ...value, place })
  }
}
