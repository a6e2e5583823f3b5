import { OperatingError } from '../core/program.ts'
import { reason } from './network-error.ts'

/**
 * Tells what to do about a broker that refuses us, which no waiting helps: a wrong password, a certificate not trusted.
 *
 * The client library takes all of these for trouble of the network, and would go on trying.
 *
 * @param error of the client library, which nests them
 * @returns undefined for an error that may pass by itself
 */
export function adviceOnRefusal(error: unknown): string | undefined {
  for (const cause of causes(error)) {
    const { apiId, code, message } = cause as Error & { apiId?: string; code?: string }
    const found = advice.find(([signs]) =>
      signs.some((sign) => sign === apiId || sign === code || sign === message),
    )
    if (found) return found[1]
  }
  return undefined
}

/** The error for a broker that refuses us, with what to do about it. */
export function refused(servers: string, cause: unknown, advice = ''): OperatingError {
  // Node's own advice, after a semicolon, is not for users of this program.
  const why = reason(cause).replace(/; .*/, '')
  return new OperatingError(`${servers}: the broker refused us: ${why}. ${advice}`.trimEnd(), { cause })
}

function causes(error: unknown): unknown[] {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors : [error.cause]
  return [error, ...inner.flatMap(causes)]
}

const advice: [signs: string[], advice: string][] = [
  [
    ['SASL_AUTHENTICATION_FAILED'],
    'It does not know that user with that password and mechanism: check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SASL_MECHANISM.',
  ],
  [['UNSUPPORTED_SASL_MECHANISM'], 'Name a mechanism that it offers in KAFKA_SASL_MECHANISM.'],
  [['ILLEGAL_SASL_STATE'], 'It wants no SASL at that port: check the port and KAFKA_SECURITY_PROTOCOL.'],
  [
    ['Broker requires TLS.'],
    'Set KAFKA_SECURITY_PROTOCOL to SSL, or to SASL_SSL if it wants a password too.',
  ],
  [
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'CERT_SIGNATURE_FAILURE',
    ],
    'Name the certificate of the authority that signed that of the broker, a PEM file, in KAFKA_SSL_CA.',
  ],
  [
    ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    "Give the broker a new certificate, or set this machine's clock if that is wrong.",
  ],
  [
    ['ERR_TLS_CERT_ALTNAME_INVALID'],
    'Name the broker as its certificate does, in KAFKA_BOOTSTRAP_SERVERS and in its own advertised.listeners.',
  ],
]
