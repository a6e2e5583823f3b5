import type { TestContext } from 'node:test'
import { installKafka } from '../../broker/kafka.ts'
import { runChild } from '../../processes/run-child.ts'
import { makeAuthority } from './certificates.ts'
import { startTestCluster } from './cluster.ts'
import { temporaryFolder } from './program.ts'

const pem = (listener: string, file: string) => ({
  [`listener.name.${listener}.ssl.keystore.type`]: 'PEM',
  [`listener.name.${listener}.ssl.keystore.location`]: file,
})

const jaas = 'org.apache.kafka.common.security'
const plain = `${jaas}.plain.PlainLoginModule required user_almanac="secret";`
const scram = `${jaas}.scram.ScramLoginModule required;`

/** Three brokers with listeners of each kind, and the user `almanac` whose password is `secret`. */
export async function startSecureCluster(t: TestContext) {
  const folder = await temporaryFolder(t)
  const authority = await makeAuthority(folder)
  const own = await authority.issue('broker', 'IP:127.0.0.1,DNS:localhost')
  const protocols = 'EXPIRED:SSL,ELSEWHERE:SSL,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT,SASL_SSL:SASL_SSL'
  const properties = {
    'listener.security.protocol.map': `PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,${protocols}`,
    ...pem('ssl', own),
    ...pem('sasl_ssl', own),
    ...pem('expired', await authority.issue('expired', 'IP:127.0.0.1', -1)),
    ...pem('elsewhere', await authority.issue('elsewhere', 'DNS:kafka.example.org')),
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    ...Object.fromEntries(
      ['sasl_ssl', 'sasl_plaintext'].flatMap((listener) => [
        [`listener.name.${listener}.plain.sasl.jaas.config`, plain],
        [`listener.name.${listener}.scram-sha-256.sasl.jaas.config`, scram],
        [`listener.name.${listener}.scram-sha-512.sasl.jaas.config`, scram],
      ]),
    ),
  }
  const listeners = ['SSL', 'SASL_PLAINTEXT', 'SASL_SSL', 'EXPIRED', 'ELSEWHERE']
  const cluster = await startTestCluster(t, { properties, listeners })
  await Promise.all(
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].map((mechanism) => addUser(cluster.servers, mechanism)),
  )
  /** The environment of a program that reaches the cluster by a listener, as the user by a mechanism. */
  const environmentFor = (listener: string, mechanism = 'SCRAM-SHA-512') => ({
    KAFKA_BOOTSTRAP_SERVERS: cluster.serversOf(listener),
    ...{ KAFKA_SECURITY_PROTOCOL: listener, KAFKA_SSL_CA: authority.ca, KAFKA_SASL_MECHANISM: mechanism },
    ...{ KAFKA_SASL_USERNAME: 'almanac', KAFKA_SASL_PASSWORD: 'secret', TOPIC_REPLICATION_FACTOR: '3' },
  })
  return { cluster, environmentFor, otherCa: (await makeAuthority(folder, 'other')).ca }
}

export type SecureCluster = Awaited<ReturnType<typeof startSecureCluster>>

/** By Kafka's own tool, so that its way of keeping passwords is met and not ours. */
async function addUser(servers: string, mechanism: string): Promise<void> {
  const { java, classPath } = await installKafka(() => {})
  const user = ['--entity-type', 'users', '--entity-name', 'almanac', '--alter']
  const credential = ['--add-config', `${mechanism}=[password=secret]`]
  const tool = ['kafka.admin.ConfigCommand', '--bootstrap-server', servers, ...user, ...credential]
  const { code, lines } = await runChild({ command: java.command, args: ['-cp', classPath, ...tool] })
  if (code !== 0) throw new Error(lines.join('\n'))
}
