import { join } from 'node:path'
import { run, UsageError } from './lib/core/program.ts'
import { replaceFile } from './lib/core/replace-file.ts'
import { dataDirectory } from './lib/core/settings.ts'
import { readFolderSource } from './lib/results/folder-source.ts'
import { readMonthAverages } from './lib/results/month-averages.ts'
import { drawMonthChart } from './lib/results/month-chart.ts'

// Partition files -> month.svg beside them, a whole new picture in place of the old one.
await run(async () => {
  const [argument] = process.argv.slice(2)
  if (argument !== undefined) {
    throw new UsageError(`plot.ts takes no arguments, found '${argument}'. Usage: node plot.ts`)
  }
  const folder = dataDirectory()
  const path = join(folder, 'month.svg')
  const averages = readMonthAverages(folder)
  const chart = drawMonthChart(averages, { source: readFolderSource(folder, averages) })
  // A name of its own: two plots may run at once, by hand and under `npm start`.
  replaceFile(path, chart, { temporary: `${path}.${process.pid}.tmp` })
})
