import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { UsageError } from './program.ts'

/** Where the broker is and how to speak to it: the options every client of @platformatic/kafka takes. */
export type BrokerSettings = {
  bootstrapBrokers: string[]
  tls?: { ca?: string }
  sasl?: { mechanism: SaslMechanism; username: string; password: string }
}

type SaslMechanism = (typeof saslMechanisms)[number]

const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
const securityProtocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads where the broker is: `KAFKA_BOOTSTRAP_SERVERS` (host:port, comma-separated; 127.0.0.1:9092),
 * `KAFKA_SECURITY_PROTOCOL` (as in Kafka's clients; PLAINTEXT), `KAFKA_SSL_CA` (a PEM file, for SSL),
 * `KAFKA_SASL_MECHANISM`, `KAFKA_SASL_USERNAME` and `KAFKA_SASL_PASSWORD` (for SASL).
 *
 * @throws UsageError when a value makes no sense, naming the variable
 */
export function brokerSettings(environment: Environment = process.env): BrokerSettings {
  const protocol = oneOf(environment, 'KAFKA_SECURITY_PROTOCOL', securityProtocols, 'PLAINTEXT')
  const settings: BrokerSettings = { bootstrapBrokers: bootstrapServers(environment) }
  if (protocol.endsWith('SSL')) settings.tls = certificateAuthority(environment)
  if (protocol.startsWith('SASL')) {
    settings.sasl = {
      mechanism: oneOf(environment, 'KAFKA_SASL_MECHANISM', saslMechanisms, 'SCRAM-SHA-512'),
      username: required(environment, 'KAFKA_SASL_USERNAME'),
      password: required(environment, 'KAFKA_SASL_PASSWORD'),
    }
  }
  return settings
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
  return parseSeconds(environment.AUTOGRADER_DELAY_OVERRIDE_VAL || '0.1', 'AUTOGRADER_DELAY_OVERRIDE_VAL')
}

/** Parses a delay given in seconds, 0 or more; `name` is where it came from, for the error. */
export function parseSeconds(text: string, name: string): number {
  const seconds = Number(text)
  if (text.trim() !== '' && Number.isFinite(seconds) && seconds >= 0 && seconds <= 86_400) return seconds
  throw new UsageError(`${name} is '${text}': expected seconds, a number from 0 to 86400.`)
}

/** `DATA_DIR`, relative to the working directory: where the partition files are; beside the programs by default. */
export function dataDirectory(environment: Environment = process.env): string {
  return environment.DATA_DIR ? resolve(environment.DATA_DIR) : join(import.meta.dirname, '..')
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

function certificateAuthority(environment: Environment): { ca?: string } {
  const path = environment.KAFKA_SSL_CA
  if (!path) return {}
  try {
    return { ca: readFileSync(path, 'utf8') }
  } catch (cause) {
    throw new UsageError(`KAFKA_SSL_CA is '${path}': cannot read that file (${(cause as Error).message}).`, {
      cause,
    })
  }
}

function oneOf<Word extends string>(
  environment: Environment,
  name: string,
  words: readonly Word[],
  otherwise: Word,
) {
  const text = environment[name] || otherwise
  const word = words.find((word) => word === text)
  if (word) return word
  throw new UsageError(`${name} is '${text}': expected ${words.join(', ')}.`)
}

function required(environment: Environment, name: string): string {
  const text = environment[name]
  if (text) return text
  throw new UsageError(
    `${name} is not set: expected with KAFKA_SECURITY_PROTOCOL=${environment.KAFKA_SECURITY_PROTOCOL}.`,
  )
}
