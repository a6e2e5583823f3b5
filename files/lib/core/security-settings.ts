import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { UsageError } from './program.ts'

/** How to speak to the broker: nothing of it for plain TCP. */
export type SecuritySettings = {
  tls?: { ca?: string }
  /** Whether to tell the broker its name (SNI) before it shows its certificate. */
  tlsServerName?: boolean
  sasl?: { mechanism: SaslMechanism; username: string; password: string }
}

type SaslMechanism = (typeof saslMechanisms)[number]

const saslMechanisms = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const
const securityProtocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL'] as const

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads `KAFKA_SECURITY_PROTOCOL` (as in Kafka's clients; PLAINTEXT), `KAFKA_SSL_CA` (a PEM file, for SSL; by default the
 * authorities that Node knows), `KAFKA_SASL_MECHANISM` (SCRAM-SHA-512), `KAFKA_SASL_USERNAME` and `KAFKA_SASL_PASSWORD`.
 *
 * @throws UsageError when a value makes no sense, naming the variable
 */
export function securitySettings(environment: Environment, servers: readonly string[]): SecuritySettings {
  const protocol = oneOf(environment, 'KAFKA_SECURITY_PROTOCOL', securityProtocols, 'PLAINTEXT')
  const settings: SecuritySettings = {}
  if (protocol.endsWith('SSL')) {
    settings.tls = certificateAuthority(environment)
    // Brokers behind one address are told apart by it. It must be a name: Node warns of an IP address.
    settings.tlsServerName = !servers.some((server) =>
      isIP(server.replace(/:\d+$/, '').replace(/[[\]]/g, '')),
    )
  }
  if (protocol.startsWith('SASL')) {
    settings.sasl = {
      mechanism: oneOf(environment, 'KAFKA_SASL_MECHANISM', saslMechanisms, 'SCRAM-SHA-512'),
      username: required(environment, 'KAFKA_SASL_USERNAME'),
      password: required(environment, 'KAFKA_SASL_PASSWORD'),
    }
  }
  return settings
}

function certificateAuthority(environment: Environment): { ca?: string } {
  const path = environment.KAFKA_SSL_CA
  if (!path) return {}
  try {
    const ca = readFileSync(path, 'utf8')
    new X509Certificate(ca) // Else a file of another kind would count as one without authorities.
    return { ca }
  } catch (cause) {
    throw new UsageError(
      `KAFKA_SSL_CA is '${path}': expected a file of certificates in PEM form (${(cause as Error).message}).`,
      { cause },
    )
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
