import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { freePort } from '../broker/ports.ts'
import { startBroker } from '../broker/start-broker.ts'
import { createTopic } from './support/kafka.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { reportRecord, sendRecords } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

test('a broker that tells its clients an address where it does not answer is named by every program', async (t) => {
  const [port, elsewhere] = [await freePort('127.0.0.1'), await freePort('127.0.0.1')]
  const folder = await temporaryFolder(t)
  const advertised = `127.0.0.1:${elsewhere}`
  const directory = join(folder, 'kafka')
  const first = await startBroker({ directory, port })
  t.after(() => first.kill())
  const { name: topic } = await createTopic(t, first.address)
  await sendRecords(first.address, topic, [[reportRecord('1990-08-01', 20)]])
  const environment = { KAFKA_BOOTSTRAP_SERVERS: first.address, TOPIC: topic, DATA_DIR: folder }
  const counted = await runProgram(t, 'consumer.ts', ['0', '--exit-at-end'], environment)
  assert.equal(counted.code, 0, counted.stderr)
  await first.stop()
  const broker = await startBroker({ directory, port, advertised })
  t.after(() => broker.kill())
  const expected =
    `The broker at ${first.address} tells its clients to use an address that does not answer (connect ECONNREFUSED ` +
    `${advertised}). Check the broker's advertised.listeners`
  const programs = { 'consumer.ts': ['0'], 'verify.ts': [], 'producer.ts': ['--append'], 'debug.ts': [] }
  for (const [program, args] of Object.entries(programs)) {
    const { child, stderr, ended } = startProgram(t, program, args, environment)
    await waitFor(`${program} to say it`, () => stderr().includes(expected))
    child.kill('SIGKILL')
    await ended
  }
})
