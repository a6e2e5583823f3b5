import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { answersMetadata } from '../../broker/ready.ts'
import { runProgram, startNpm, temporaryFolder } from '../support/program.ts'
import { waitFor } from '../support/wait-for.ts'

const program = '../broker/cluster.ts'

test('npm run cluster says how to reach it, starts a killed node again, and stops all when npm is asked to', async (t) => {
  const directory = join(await temporaryFolder(t), 'cluster')
  const cluster = startNpm(t, ['run', 'cluster', '--', '--port', '0', '--directory', directory])
  const line =
    /^Cluster ready after \d+ ms \(Kafka 4\.3\.1, pids (\d+), (\d+), (\d+), .*KAFKA_BOOTSTRAP_SERVERS=(\S+) TOPIC_REPLICATION_FACTOR=3\n$/
  const ready = await waitFor('the ready line', () => line.exec(cluster.stdout()), 60_000)
  const ports = ready[4]!.split(',').map((address) => Number(address.split(':')[1]))
  assert.equal(new Set(ports).size, 3)
  for (const port of ports) assert.equal(await answersMetadata('127.0.0.1', port, 3), true)

  process.kill(Number(ready[2]), 'SIGKILL')
  await waitFor('word of the kill', () => cluster.stdout().includes('Node 2 '))
  assert.match(
    cluster.stdout(),
    /\nNode 2 \(127\.0\.0\.1:\d+\) has ended by SIGKILL: it starts again in 5 s\.\n$/,
  )
  await waitFor('the node', () => /\nNode 2 is back, pid \d+\.\n$/.test(cluster.stdout()), 60_000)
  assert.equal(await answersMetadata('127.0.0.1', ports[1]!, 3), true)

  cluster.child.kill('SIGTERM')
  assert.deepEqual(await cluster.ended, { code: 0, signal: null })
  for (const port of ports) assert.equal(await answersMetadata('127.0.0.1', port), false)
  assert.equal(cluster.stderr(), '')
})

test('cluster.ts refuses arguments that make no sense with exit code 2', async (t) => {
  const { code, stderr } = await runProgram(t, program, ['--prot', '1'])
  assert.equal(code, 2)
  assert.match(stderr, /'--prot'\. Did you mean --port\?\nUsage: npm run cluster --/)
})
