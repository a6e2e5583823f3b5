import { join } from 'node:path'
import type { Command } from './lib/core/command.ts'
import { parseCommandLine } from './lib/core/command-line.ts'
import { run } from './lib/core/program.ts'
import { replaceFile } from './lib/core/replace-file.ts'
import { dataDirectory } from './lib/core/settings.ts'
import { readFolderSource } from './lib/results/folder-source.ts'
import { readMonthAverages } from './lib/results/month-averages.ts'
import { drawMonthChart } from './lib/results/month-chart.ts'

const command = {
  name: 'plot.ts',
  purpose:
    'Draws month.svg from the partition files, beside them: a whole new picture in place of the old one.',
  options: {},
  settings: ['DATA_DIR'],
  examples: [['npx node files/plot.ts', 'files/month.svg.']],
} satisfies Command

// Partition files -> month.svg beside them, a whole new picture in place of the old one.
await run(async () => {
  parseCommandLine(command, process.argv.slice(2))
  const folder = dataDirectory()
  const path = join(folder, 'month.svg')
  const averages = readMonthAverages(folder)
  const chart = drawMonthChart(averages, { source: readFolderSource(folder, averages) })
  // A name of its own: two plots may run at once, by hand and under `npm start`.
  replaceFile(path, chart, { temporary: `${path}.${process.pid}.tmp` })
})
