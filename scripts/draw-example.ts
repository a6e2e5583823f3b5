import { copyFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readMonthAverages } from '../files/lib/results/month-averages.ts'
import { drawMonthChart } from '../files/lib/results/month-chart.ts'

// `npm run svg`: draws the chart of each set of partition files in test/golden again, and one of them as the committed
// example. `git diff` then shows what a change of the chart changed.
const root = join(import.meta.dirname, '..')
const golden = join(root, 'test/golden')
for (const entry of readdirSync(golden, { withFileTypes: true })) {
  if (!entry.isDirectory()) continue
  const folder = join(golden, entry.name)
  writeFileSync(join(folder, 'month.svg'), drawMonthChart(readMonthAverages(folder)))
  console.log(`test/golden/${entry.name}/month.svg`)
}
copyFileSync(join(golden, 'whole/month.svg'), join(root, 'files/month.svg'))
console.log('files/month.svg')
