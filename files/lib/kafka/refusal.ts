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
    'Unknown user, wrong password or wrong mechanism: check KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD and KAFKA_SASL_MECHANISM.',
  ],
  [['UNSUPPORTED_SASL_MECHANISM'], 'Set KAFKA_SASL_MECHANISM to one that the broker offers.'],
  [
    ['ILLEGAL_SASL_STATE'],
    'The broker does not use SASL on that port: check the port and KAFKA_SECURITY_PROTOCOL.',
  ],
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
    "Set KAFKA_SSL_CA to a PEM file of the authority that signed the broker's certificate.",
  ],
  [
    ['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID'],
    "Give the broker a new certificate, or set this machine's clock if that is wrong.",
  ],
  [
    ['ERR_TLS_CERT_ALTNAME_INVALID'],
    "Use the host name of the broker's certificate in KAFKA_BOOTSTRAP_SERVERS and in the broker's advertised.listeners.",
  ],
]
