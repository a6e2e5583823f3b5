import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { freePort } from '../broker/ports.ts'
import { clock } from './support/clock.ts'
import { brokerAddress, createTopic } from './support/kafka.ts'
import { offsetsIn } from './support/partition-files.ts'
import { startProgram, temporaryFolder } from './support/program.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

test('a program that waits for a broker goes on waiting when the clock leaps ahead by an hour', async (t) => {
  const port = await freePort('127.0.0.1')
  const program = startProgram(t, 'consumer.ts', ['0'], {
    ...{ KAFKA_BOOTSTRAP_SERVERS: `127.0.0.1:${port}`, DATA_DIR: await temporaryFolder(t) },
    NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, '../faults/clock-jump.ts')).href}`,
  })
  await waitFor('it to wait', () => program.stderr().includes('Waiting up to 30 s'))
  program.child.kill('SIGUSR2')
  const giveUp = waitFor('it to give up', () => program.stderr().includes('no broker answered'), 1500)
  await assert.rejects(giveUp, /waited 1.5 s for it to give up/)
  program.child.kill('SIGTERM')
  assert.deepEqual(await program.ended, { code: 0, signal: null })
})

test('a consumer whose clock runs backwards counts all and writes it at once', async (t) => {
  const { name } = await createTopic(t)
  const day = (i: number) => reportRecord(`1990-01-${String((i % 31) + 1).padStart(2, '0')}`, i)
  const send = (count: number) => {
    const groups = Array.from({ length: count }, () => Array.from({ length: 2000 }, (_, i) => day(i)))
    return sendRecords(brokerAddress(), name, groups)
  }
  await send(50)
  const directory = await temporaryFolder(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: name, DATA_DIR: directory }
  const backwards = clock('(ms) => -1000 * ms')
  const program = startProgram(t, 'consumer.ts', ['2'], { ...environment, ...backwards })
  await waitFor('100,000 records', () => offsetsIn(directory)[2] === 100_000, 30_000)
  await send(1)
  await waitFor('2,000 more', () => offsetsIn(directory)[2] === 102_000, 10_000)
  program.child.kill('SIGTERM')
  assert.deepEqual(await program.ended, { code: 0, signal: null })
})
