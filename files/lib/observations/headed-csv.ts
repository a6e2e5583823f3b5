import { OperatingError } from '../program.ts'
import { quoted } from '../quoted.ts'
import { type Row, startRows } from './csv-row.ts'
import type { Form, Reading } from './form.ts'
import { startPlainRows } from './plain-csv.ts'
import { startWideRows } from './wide-csv.ts'

/** What follows a header: it takes rows, and is told of the end. */
type Rows = { row: (row: Row) => void; end: () => void }

/** CSV below a header: a column `tmax_f` or `tmax_c`, or NOAA's daily summaries with `STATION` and `TMAX`. */
export const headedCsv: Form = {
  name: 'CSV with a header',
  isFirstLine: () => true,
  start(reading) {
    let rows: Rows | undefined
    const lines = startRows(reading.source, (row) => {
      if (rows) rows.row(row)
      else rows = startBelow(row, reading)
    })
    return {
      line: lines.line,
      end() {
        lines.end()
        rows?.end()
      },
    }
  },
}

function startBelow(header: Row, reading: Reading): Rows {
  const names = header.fields.map((name) => name.trim().toLowerCase())
  const rows = startWideRows(names, reading) ?? startPlainRows(names, reading)
  if (rows) return rows
  const found = quoted(header.fields.join(',').slice(0, 80))
  const unit = names.includes('tmax')
    ? ' A column tmax does not tell its unit: say it by --units F or --units C.'
    : ''
  throw new OperatingError(
    `${reading.source}: line ${header.line} is ${found}: expected a header with a column date and one of tmax_f, tmax_c, ` +
      `or a file of GHCN-Daily (.dly, by year, by station or daily summaries).${unit} Nothing has been sent.`,
  )
}
