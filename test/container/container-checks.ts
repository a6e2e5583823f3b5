import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { waitFor } from '../support/wait-for.ts'
import { docker } from './docker.ts'

// What the exercise's checker looks at, in a running container; each returns what was seen.

const monthNames =
  'January February March April May June July August September October November December'.split(' ')

export async function checkFiles(container: string): Promise<string> {
  const required = ['producer.ts', 'debug.ts', 'consumer.ts', 'plot.ts', 'report.proto', 'report_pb.ts']
  await docker('exec', container, 'ls', ...required.map((name) => `/files/${name}`))
  return required.join(' ')
}

/** The first line that debug.ts prints, standard error included, is a record. */
export async function checkDebug(container: string): Promise<string> {
  const program = 'timeout 10 node /files/debug.ts 2>&1 | head -n 1'
  const line = (await docker('exec', container, 'sh', '-c', program)).trimEnd()
  const record =
    /^\{'partition': [0-3], 'key': '([A-Z][a-z]+)', 'date': '(\d{4}-\d\d-\d\d)', 'degrees': -?\d+\.\d+\}$/
  const [, key, date] = record.exec(line) ?? assert.fail(`debug.ts printed: ${line || '(nothing)'}`)
  assert.equal(key, monthNames[Number(date!.slice(5, 7)) - 1])
  return line
}

type YearStats = { count: number; sum: number; avg: number; start: string; end: string }

/** All twelve months in the four partition files, each with as many days counted as its last date says. */
export async function checkPartitionFiles(read: (name: string) => Promise<string>): Promise<string> {
  const files = await waitFor('all twelve months in the partition files', () => readAll(read), 60_000)
  for (const [partition, { partition: number, offset, ...months }] of files.entries()) {
    assert.equal(number, partition)
    assert.ok(offset > 0, `partition ${partition}: offset ${offset}`)
    for (const [month, years] of Object.entries<Record<string, YearStats>>(months)) {
      for (const { count, sum, avg, start, end } of Object.values(years)) {
        assert.equal(count, Number(end.slice(8)), `${month}: count up to ${end}`)
        assert.equal(start, `${end.slice(0, 8)}01`)
        assert.ok(avg === sum / count && avg < 1000, `${month}: average ${avg} up to ${end}`)
      }
    }
  }
  return `12 months, offsets ${files.map(({ offset }) => offset).join(', ')}`
}

async function readAll(read: (name: string) => Promise<string>) {
  const texts = await Promise.all([0, 1, 2, 3].map((partition) => read(`partition-${partition}.json`)))
  const files = texts.map((text) => JSON.parse(text))
  return monthNames.every((name) => files.some((file) => name in file)) ? files : undefined
}

/** Two charts, five seconds apart: each month's year has moved on. */
export async function checkPlots(container: string): Promise<string> {
  const first = await plotYears(container)
  await sleep(5000)
  const second = await plotYears(container)
  for (const [index, year] of first.entries()) assert.ok(second[index]! > year, `${first} then ${second}`)
  return `${first.join(' ')}, then ${second.join(' ')}`
}

async function plotYears(container: string): Promise<number[]> {
  assert.equal(await docker('exec', container, 'node', '/files/plot.ts'), '')
  const chart = await docker('exec', container, 'cat', '/files/month.svg')
  assert.match(chart, />Avg\. Max Temperature</)
  const yearOf = (month: string) => Number(new RegExp(`${month}-(\\d+)`).exec(chart)?.[1])
  return ['January', 'February', 'March'].map(yearOf)
}

/** The broker's Java runs under a user that is not root. */
export async function checkUser(container: string): Promise<string> {
  const uids = await docker(
    'exec',
    container,
    'sh',
    '-c',
    'grep -l "^Name:.java" /proc/[0-9]*/status | xargs grep -h "^Uid:"',
  )
  const numbers = uids.trim().split(/\s+/).slice(1)
  assert.ok(numbers.length === 4 && !numbers.includes('0'), `the JVM's user ids are ${uids}`)
  return `user ${numbers[0]}`
}

/** The image has a health check, and what it runs finds the broker healthy. */
export async function checkHealth(container: string, image: string): Promise<string> {
  const [config] = JSON.parse(await docker('image', 'inspect', image))
  const test: string[] = (config.Config.Healthcheck ?? config.Healthcheck)?.Test ?? []
  assert.ok(test.length > 0, 'the image has no HEALTHCHECK')
  const [kind, ...command] = test
  await docker('exec', container, ...(kind === 'CMD-SHELL' ? ['sh', '-c', ...command] : command))
  return test.join(' ')
}
