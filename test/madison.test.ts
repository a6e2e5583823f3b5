import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { madisonNormals as normals } from './support/climate.ts'
import { brokerAddress, uniqueTopic } from './support/kafka.ts'
import { readPartitionFile } from './support/partition-files.ts'
import { runProgram, temporaryFolder } from './support/program.ts'

const csv = join(import.meta.dirname, 'data', 'madison-tmax-1869-2023.csv')

/** Sums by awk, a tool that shares nothing with ours: lines of year, month number, count, sum, first and last date. */
function sumsByAwk(): string[][] {
  const program = `NR > 1 && $2 != "" { k = substr($1, 1, 7); n[k]++; s[k] += $2; e[k] = $1; if (!(k in b)) b[k] = $1 }
    END { for (k in n) print substr(k, 1, 4), substr(k, 6, 2), n[k], s[k], b[k], e[k] }`
  return execFileSync('awk', ['-F,', program, csv], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.split(' '))
}

test("Madison's 155 years come out as the sums of the file, month by month, and as NOAA's normals", async (t) => {
  const directory = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: uniqueTopic(), DATA_DIR: directory }
  const producer = await runProgram(t, 'producer.ts', ['--observations', csv], environment)
  assert.equal(producer.code, 0, producer.stderr)
  assert.match(producer.stdout, /56602/)
  const consumer = await runProgram(t, 'consumer.ts', ['0', '1', '2', '3', '--exit-at-end'], environment)
  assert.equal(consumer.code, 0, consumer.stderr)

  const files = [0, 1, 2, 3].map((partition) => readPartitionFile(directory, partition))
  const months = Object.assign({}, ...files)
  const sums = sumsByAwk()
  assert.equal(
    sums.reduce((total, [, , count]) => total + Number(count), 0),
    56_602,
  )
  for (const [year, month, count, sum, start, end] of sums) {
    const stats = months[Object.keys(normals)[Number(month) - 1]!][year!]
    assert.deepEqual(
      [stats.count, stats.sum, stats.start, stats.end],
      [Number(count), Number(sum), start, end],
    )
  }
  const counted = Object.keys(normals).flatMap((name) => Object.values(months[name]))
  assert.equal(counted.length, sums.length)
  for (const [name, normal] of Object.entries(normals)) {
    const years = Array.from({ length: 30 }, (_, i) => months[name][1991 + i].avg)
    const mean = years.reduce((sum, avg) => sum + avg) / 30
    assert.ok(Math.abs(mean - normal) <= 0.5, `${name}: ${mean}, NOAA has ${normal}`)
  }

  const plot = await runProgram(t, 'plot.ts', [], environment)
  assert.equal(plot.code, 0, plot.stderr)
  const svg = readFileSync(join(directory, 'month.svg'), 'utf8')
  for (const name of ['January', 'February', 'March'])
    assert.equal(new RegExp(`${name}-(\\d+)`).exec(svg)?.[1], '2023')
})
