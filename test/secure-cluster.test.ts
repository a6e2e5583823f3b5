import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { clusterFaults, startPrograms, stopAndJudge } from './support/cluster-faults.ts'
import { uniqueTopic } from './support/kafka.ts'
import { expectFilesEqualTopic } from './support/partition-files.ts'
import { runProgram, startProgram, temporaryFolder } from './support/program.ts'
import { type SecureCluster, startSecureCluster } from './support/secure-cluster.ts'
import { seededRandom } from './support/seeded-random.ts'
import { waitFor } from './support/wait-for.ts'

const ways = [
  ['SSL', ''],
  ['SASL_SSL', 'SCRAM-SHA-512'],
  ['SASL_SSL', 'PLAIN'],
  ['SASL_PLAINTEXT', 'SCRAM-SHA-256'],
] as const

test('three brokers with TLS and SASL', async (t) => {
  const secure = await startSecureCluster(t)
  for (const [protocol, mechanism] of ways) {
    await t.test(`every program works by ${protocol} ${mechanism}`, (t) =>
      runAll(t, secure, protocol, mechanism),
    )
  }
  for (const [what, refusal] of Object.entries(refusals)) {
    await t.test(`${what} is told at once, with what to do`, (t) => expectRefusal(t, secure, refusal))
  }
  if (process.env.CLUSTER_RUNS) {
    await t.test('by SASL_SSL a killed leader and a hung broker lose and double nothing', async (t) => {
      const programs = await startPrograms(t, secure.cluster, [], secure.environmentFor('SASL_SSL'))
      for (const fault of ['killLeader', 'hang'] as const) {
        await programs.untilInSync()
        await programs.untilMore('in quiet', 300)
        await clusterFaults[fault](programs, seededRandom(t))
      }
      await programs.untilInSync()
      await stopAndJudge(t, programs)
    })
  }
})

async function runAll(t: TestContext, secure: SecureCluster, protocol: string, mechanism: string) {
  const [topic, directory] = [uniqueTopic(), await temporaryFolder(t)]
  const security = secure.environmentFor(protocol, mechanism)
  const environment = { ...security, TOPIC: topic, DATA_DIR: directory }
  const file = join(directory, 'station.csv')
  const dates = Array.from({ length: 12 }, (_, month) => `1990-${String(month + 1).padStart(2, '0')}-01`)
  await writeFile(file, `date,tmax_f\n${dates.map((date) => `${date},50\n`).join('')}`)
  const debug = startProgram(t, 'debug.ts', [], environment)
  await waitFor('debug', () => debug.stderr().includes('Waiting for topic'))
  const producer = await runProgram(t, 'producer.ts', ['--observations', file], environment)
  assert.deepEqual({ code: producer.code, stderr: producer.stderr }, { code: 0, stderr: '' })
  const more = await runProgram(t, 'producer.ts', ['--append', '--observations', file], environment)
  assert.match(more.stdout, /12 in the log already/, more.stderr)
  const consumer = await runProgram(t, 'consumer.ts', ['0', '1', '2', '3', '--exit-at-end'], environment)
  assert.equal(consumer.code, 0, consumer.stderr)
  assert.equal(await expectFilesEqualTopic(directory, secure.cluster.servers, topic), 12)
  const verify = await runProgram(t, 'verify.ts', [], environment)
  assert.equal(verify.stdout.match(/file agrees/g)?.length, 4, verify.stdout + verify.stderr)
  await waitFor('12 lines', () => debug.stdout().split('\n').length === 13)
  assert.equal(debug.stderr(), `Waiting for topic ${topic}; producer.ts creates it.\n`)
}

type Refusal = {
  program?: string
  environment: (secure: SecureCluster) => Record<string, string>
  message: RegExp
}

const refusals: Record<string, Refusal> = {
  'a wrong password': {
    program: 'producer.ts',
    environment: ({ environmentFor }) => ({ ...environmentFor('SASL_SSL'), KAFKA_SASL_PASSWORD: 'wrong' }),
    message: /SASL authentication failed\. .* check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and/,
  },
  'a wrong password in plain': {
    program: 'debug.ts',
    environment: ({ environmentFor }) => ({
      ...environmentFor('SASL_SSL', 'PLAIN'),
      KAFKA_SASL_PASSWORD: 'wrong',
    }),
    message: /SASL authentication failed\. .* check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and/,
  },
  'an authority that is not known': {
    program: 'consumer.ts',
    environment: ({ environmentFor }) => ({ ...environmentFor('SSL'), KAFKA_SSL_CA: '' }),
    message: /unable to verify the first certificate\. Set KAFKA_SSL_CA to a PEM file of the authority/,
  },
  'another authority': {
    environment: ({ environmentFor, otherCa }) => ({ ...environmentFor('SSL'), KAFKA_SSL_CA: otherCa }),
    message: /unable to verify the first certificate\. Set KAFKA_SSL_CA to a PEM file of the authority/,
  },
  'a certificate that has expired': {
    environment: ({ environmentFor, cluster }) => ({
      ...environmentFor('SSL'),
      KAFKA_BOOTSTRAP_SERVERS: cluster.serversOf('EXPIRED'),
    }),
    message: /certificate has expired\. Give the broker a new certificate, or set this machine's clock/,
  },
  "another host's certificate": {
    environment: ({ environmentFor, cluster }) => ({
      ...environmentFor('SSL'),
      KAFKA_BOOTSTRAP_SERVERS: cluster.serversOf('ELSEWHERE'),
    }),
    message: /does not match certificate's altnames: .*\. Use the host name of the broker's certificate/,
  },
  'a broker that wants TLS': {
    environment: ({ cluster }) => ({ KAFKA_BOOTSTRAP_SERVERS: cluster.serversOf('SSL') }),
    message: /Broker requires TLS\. Set KAFKA_SECURITY_PROTOCOL to SSL/,
  },
  'a broker that wants no SASL': {
    environment: ({ environmentFor, cluster }) => ({
      ...environmentFor('SASL_PLAINTEXT'),
      KAFKA_BOOTSTRAP_SERVERS: cluster.servers,
    }),
    message: /The broker does not use SASL on that port: check the port and KAFKA_SECURITY_PROTOCOL\./,
  },
}

async function expectRefusal(t: TestContext, secure: SecureCluster, refusal: Refusal) {
  const { program = 'verify.ts', message } = refusal
  const environment = { ...refusal.environment(secure), DATA_DIR: await temporaryFolder(t) }
  // Without a file to verify, verify.ts asks no broker.
  if (program === 'verify.ts')
    await writeFile(join(environment.DATA_DIR, 'partition-0.json'), '{"partition": 0, "offset": 0}')
  const { code, stderr } = await runProgram(t, program, program === 'consumer.ts' ? ['0'] : [], environment)
  assert.match(stderr, message)
  const lines = stderr.split('\n').filter((line) => !line.startsWith('Keeping partition'))
  assert.match(lines[0]!, /^127\.0\.0\.1:\d+,\S+: the broker refused us: /)
  assert.equal(lines.length, 2, stderr)
  assert.equal(code, 1)
}
