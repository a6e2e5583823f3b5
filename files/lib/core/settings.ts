import { join, resolve } from 'node:path'
import { readValue, seconds } from './option-values.ts'
import { UsageError } from './program.ts'
import { type SecuritySettings, securitySettings } from './security-settings.ts'

/** Where the broker is and how to speak to it: the options every client of @platformatic/kafka takes. */
export type BrokerSettings = SecuritySettings & { bootstrapBrokers: string[] }

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads where the broker is, `KAFKA_BOOTSTRAP_SERVERS` (host:port, comma-separated; 127.0.0.1:9092), and how to speak to it.
 *
 * @throws UsageError when a value makes no sense, naming the variable
 */
export function brokerSettings(environment: Environment = process.env): BrokerSettings {
  const bootstrapBrokers = bootstrapServers(environment)
  return { bootstrapBrokers, ...securitySettings(environment, bootstrapBrokers) }
}

/** `TOPIC`; temperatures unless told otherwise. */
export function topicName(environment: Environment = process.env): string {
  const name = environment.TOPIC || 'temperatures'
  if (/^[\w.-]{1,249}$/.test(name) && name !== '.' && name !== '..') return name
  throw new UsageError(
    `TOPIC is '${name}': expected 1 to 249 letters, digits, dots, underscores and hyphens.`,
  )
}

/** `TOPIC_REPLICATION_FACTOR`: on how many brokers the producer places each partition; 1 unless told otherwise. */
export function replicationFactor(environment: Environment = process.env): number {
  const text = environment.TOPIC_REPLICATION_FACTOR || '1'
  if (/^[1-9]\d{0,2}$/.test(text)) return Number(text)
  throw new UsageError(
    `TOPIC_REPLICATION_FACTOR is '${text}': expected a whole number of brokers, 1 or more.`,
  )
}

/** `AUTOGRADER_DELAY_OVERRIDE_VAL`: seconds between generated days; 0.1 unless told otherwise. */
export function delaySeconds(environment: Environment = process.env): number {
  const name = 'AUTOGRADER_DELAY_OVERRIDE_VAL'
  return readValue(name, environment[name] || '0.1', seconds)
}

/** `DATA_DIR`, relative to the working directory: where the partition files are; beside the programs by default. */
export function dataDirectory(environment: Environment = process.env): string {
  return environment.DATA_DIR ? resolve(environment.DATA_DIR) : join(import.meta.dirname, '../..')
}

function bootstrapServers(environment: Environment): string[] {
  const servers = (environment.KAFKA_BOOTSTRAP_SERVERS || '127.0.0.1:9092')
    .split(',')
    .map((text) => text.trim())
  for (const server of servers) {
    const port = Number(/^[^\s:]+:(\d{1,5})$|^\[[^\]]+\]:(\d{1,5})$/.exec(server)?.slice(1).join(''))
    if (!(port > 0 && port < 65_536)) {
      throw new UsageError(
        `KAFKA_BOOTSTRAP_SERVERS has '${server}': expected host:port, several with commas.`,
      )
    }
  }
  return servers
}
