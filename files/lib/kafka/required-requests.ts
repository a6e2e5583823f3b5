import { OperatingError } from '../core/program.ts'

/** A request that a broker supports, by Kafka's name, and its newest version there. */
type Supported = { name: string; maxVersion: number }

/**
 * The requests that the programs send, each with the oldest version that will do. Topic ids (KIP-516) need the newest
 * broker: they tell a topic from an earlier one of the same name, and Kafka fetches by them since 3.1.
 */
const required = {
  Metadata: 12,
  Fetch: 13,
  ListOffsets: 6,
  Produce: 3,
  InitProducerId: 0,
  CreateTopics: 7,
  DeleteTopics: 0,
  FindCoordinator: 0,
  JoinGroup: 0,
  SyncGroup: 0,
  Heartbeat: 0,
  LeaveGroup: 0,
} as const

type RequestName = keyof typeof required

const requestNames = Object.keys(required) as RequestName[]

/** The requests of programs that only read, with Kafka's keys for them. */
export const readingRequests = { Metadata: 3, Fetch: 1, ListOffsets: 2 } as const

/**
 * Checks that a broker supports the requests that the programs send.
 *
 * @param servers how the broker was reached, for the message
 * @param names of the requests that are needed: all of them by default
 * @throws OperatingError naming what was found, what is needed, and what to do
 */
export function expectRequests(
  supported: readonly Supported[],
  servers: string,
  names: readonly RequestName[] = requestNames,
): void {
  const missing = names.flatMap((name) => {
    const version = required[name]
    const request = supported.find((request) => request.name === name)
    if (!request) return [`no ${name}`]
    return request.maxVersion < version
      ? [`${name} up to version ${request.maxVersion} (${version} is needed)`]
      : []
  })
  if (missing.length === 0) return
  throw new OperatingError(
    `${servers}: the broker does not support the requests that are needed: it has ${missing.join(', ')}. ` +
      'Apache Kafka has them since 3.1. Upgrade the broker, or set KAFKA_BOOTSTRAP_SERVERS to another one.',
  )
}
