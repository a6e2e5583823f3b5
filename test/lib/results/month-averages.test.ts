import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { OperatingError } from '../../../files/lib/core/program.ts'
import { newestYear, readMonthAverages } from '../../../files/lib/results/month-averages.ts'
import { temporaryFolder } from '../../support/program.ts'

const day = (date: string, degrees: number) => ({
  count: 1,
  sum: degrees,
  avg: degrees,
  end: date,
  start: date,
})

async function folderWith(t: TestContext, files: Record<string, unknown>): Promise<string> {
  const folder = await temporaryFolder(t)
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

test('readMonthAverages knows nothing of a folder without partition files', async (t) => {
  assert.equal(readMonthAverages(await temporaryFolder(t)).size, 0)
})

test('readMonthAverages says of each average which file it is from', async (t) => {
  const folder = await folderWith(t, {
    'partition-1.json': { partition: 1, offset: 7, February: { 1991: day('1991-02-03', 20.5) } },
    'partition-1.json.tmp': 'half a fi',
  })
  assert.deepEqual(newestYear(readMonthAverages(folder), 'February'), {
    year: 1991,
    count: 1,
    sum: 20.5,
    avg: 20.5,
    start: '1991-02-03',
    end: '1991-02-03',
    longestGap: 25,
    partition: 1,
    offset: 7,
  })
})

test('newestYear compares years as numbers, over all files', async (t) => {
  const folder = await folderWith(t, {
    'partition-0.json': {
      partition: 0,
      offset: 2,
      March: { '0999': day('0999-03-01', 1), 9999: day('9999-03-01', 2) },
    },
    'partition-3.json': { partition: 3, offset: 2, March: { 1000: day('1000-03-01', 3) } },
    'partition-2.json': {
      partition: 2,
      offset: 2,
      January: { 1000: day('1000-01-01', 4), '0999': day('0999-01-01', 5) },
    },
  })
  const averages = readMonthAverages(folder)
  assert.equal(newestYear(averages, 'March')?.year, 9999)
  assert.equal(newestYear(averages, 'January')?.year, 1000)
  assert.equal(newestYear(averages, 'April'), undefined)
})

test('readMonthAverages takes the fuller of two files with the same month and year, and never adds them', async (t) => {
  const two = { count: 2, sum: 30, avg: 15, end: '1990-01-02', start: '1990-01-01' }
  const folder = await folderWith(t, {
    'partition-0.json': { partition: 0, offset: 1, January: { 1990: day('1990-01-01', 10) } },
    'partition-2.json': { partition: 2, offset: 2, January: { 1990: two } },
  })
  const { count, avg, partition } = newestYear(readMonthAverages(folder), 'January')!
  assert.deepEqual({ count, avg, partition }, { count: 2, avg: 15, partition: 2 })
})

test('readMonthAverages names file and key of damage', async (t) => {
  const wrong = { ...day('1990-01-01', 10), sum: 'ten' }
  const folder = await folderWith(t, {
    'partition-2.json': { partition: 2, offset: 1, January: { 1990: wrong } },
  })
  assert.throws(() => readMonthAverages(folder), {
    name: 'OperatingError',
    message: /partition-2\.json: January\.1990\.sum/,
  })
})

test('readMonthAverages names a file that it cannot read', async (t) => {
  const folder = await temporaryFolder(t)
  mkdirSync(join(folder, 'partition-3.json'))
  assert.throws(
    () => readMonthAverages(folder),
    (error: Error) => {
      return error instanceof OperatingError && /partition-3\.json: cannot be read/.test(error.message)
    },
  )
})
