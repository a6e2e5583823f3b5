import type { Format } from '../format.ts'
import { isTable, readTable } from '../table.ts'

/**
 * CSV with a header: a column `date`, one of the highest temperature such as `tmax_f`, `tmax_c` or `tmax`, and one that tells
 * stations apart if there are several. Columns that say which values are good are respected; all others are passed over.
 *
 * A file of one's own is to be right: what is no date or no number, or is dated twice or against the order, stops it.
 */
export const plainCsv: Format = {
  name: 'CSV with a header',
  hasNamedColumns: true,
  detect: isTable,
  read: (content, collector) => readTable(content, collector, { isInAnyOrder: false }),
}
