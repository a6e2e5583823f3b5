import assert from 'node:assert/strict'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { runProgram, temporaryFolder } from './support/program.ts'

const golden = join(import.meta.dirname, 'golden/whole')
// The month of each partition that the chart shows; partition 3 has none of them.
const shown: Record<number, string> = { 0: 'March-1993', 1: 'February-1993', 2: 'January-1994' }

test('plot.ts draws what any subset of the partition files holds', async (t) => {
  for (let subset = 0; subset < 16; subset++) {
    const partitions = [0, 1, 2, 3].filter((partition) => subset & (1 << partition))
    const folder = await temporaryFolder(t)
    for (const partition of partitions) {
      copyFileSync(join(golden, `partition-${partition}.json`), join(folder, `partition-${partition}.json`))
    }
    const { code, stdout, stderr } = await runProgram(t, 'plot.ts', [], { DATA_DIR: folder })
    assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' })
    const labels =
      readFileSync(join(folder, 'month.svg'), 'utf8').match(/(?<=>)(January|February|March)-\d+(?=<)/g) ?? []
    assert.deepEqual(
      labels.sort(),
      partitions.flatMap((partition) => shown[partition] ?? []).sort(),
      `${partitions}`,
    )
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      [],
    )
  }
})

test('plot.ts replaces the chart that is there', async (t) => {
  const folder = await temporaryFolder(t)
  writeFileSync(join(folder, 'month.svg'), 'old')
  assert.equal((await runProgram(t, 'plot.ts', [], { DATA_DIR: folder })).code, 0)
  assert.match(readFileSync(join(folder, 'month.svg'), 'utf8'), /^<svg/)
})

test('plot.ts leaves the old chart and names the file when a partition file is damaged', async (t) => {
  const folder = await temporaryFolder(t)
  writeFileSync(join(folder, 'month.svg'), 'old')
  writeFileSync(join(folder, 'partition-1.json'), '{"partition": 1, "offs')
  const { code, stderr } = await runProgram(t, 'plot.ts', [], { DATA_DIR: folder })
  assert.equal(code, 1)
  assert.match(stderr, /^\S*partition-1\.json: the file is /)
  assert.doesNotMatch(stderr, /\n +at /)
  assert.equal(readFileSync(join(folder, 'month.svg'), 'utf8'), 'old')
})

test('plot.ts says what to do when the chart cannot be written', async (t) => {
  const folder = await temporaryFolder(t)
  // A folder in the chart's place stops root too, whom a read-only folder does not.
  mkdirSync(join(folder, 'month.svg'))
  const inPlace = await runProgram(t, 'plot.ts', [], { DATA_DIR: folder })
  assert.equal(inPlace.code, 1)
  assert.match(inPlace.stderr, /month\.svg: cannot be written/)
  assert.deepEqual(readdirSync(folder), ['month.svg'])
  const missing = await runProgram(t, 'plot.ts', [], { DATA_DIR: join(folder, 'missing') })
  assert.equal(missing.code, 1)
  assert.match(missing.stderr, /month\.svg: cannot be written .*ENOENT.* Make the folder/)
})

test('plot.ts says so when its folder is read-only', {
  skip: !existsSync('/proc/self') && 'needs /proc',
}, async (t) => {
  // /proc takes no new file from anyone, root included.
  const { code, stderr } = await runProgram(t, 'plot.ts', [], { DATA_DIR: '/proc/self' })
  assert.equal(code, 1)
  assert.match(stderr, /month\.svg: cannot be written/)
  assert.doesNotMatch(stderr, /\n +at /)
})

test('plot.ts refuses arguments as wrong usage', async (t) => {
  const { code, stderr } = await runProgram(t, 'plot.ts', ['january'])
  assert.equal(code, 2)
  assert.match(stderr, /'january'.*\nUsage: plot\.ts\. See plot\.ts --help\n$/)
})
