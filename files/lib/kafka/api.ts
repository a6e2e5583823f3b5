import type { RequestWriter, ResponseReader } from './wire.ts'

/** A kind of request: its key, and the versions of it that we know. */
export type Api = { name: string; key: number; versions: VersionRange }

/** The lowest and the highest version. */
export type VersionRange = readonly [lowest: number, highest: number]

/** How one request is written, and its response read, at the version that was agreed upon with the broker. */
export type Exchange<Response> = {
  api: Api
  write: (writer: RequestWriter, version: number) => void
  read: (reader: ResponseReader, version: number) => Response
}

/** Sends a request of a given version and brings the bytes of its response, from the response's header on. */
export type Send = (key: number, version: number, body: Uint8Array, hasTags: boolean) => Promise<Buffer>

/** Kafka's error codes, as far as a reader meets them. @see Kafka, clients, Errors.java */
export const errorNames: Readonly<Record<number, string>> = {
  [-1]: 'UNKNOWN_SERVER_ERROR',
  0: 'NONE',
  1: 'OFFSET_OUT_OF_RANGE',
  2: 'CORRUPT_MESSAGE',
  3: 'UNKNOWN_TOPIC_OR_PARTITION',
  5: 'LEADER_NOT_AVAILABLE',
  6: 'NOT_LEADER_OR_FOLLOWER',
  7: 'REQUEST_TIMED_OUT',
  8: 'BROKER_NOT_AVAILABLE',
  9: 'REPLICA_NOT_AVAILABLE',
  13: 'NETWORK_EXCEPTION',
  17: 'INVALID_TOPIC_EXCEPTION',
  29: 'TOPIC_AUTHORIZATION_FAILED',
  31: 'CLUSTER_AUTHORIZATION_FAILED',
  33: 'UNSUPPORTED_SASL_MECHANISM',
  34: 'ILLEGAL_SASL_STATE',
  35: 'UNSUPPORTED_VERSION',
  56: 'KAFKA_STORAGE_ERROR',
  58: 'SASL_AUTHENTICATION_FAILED',
  74: 'FENCED_LEADER_EPOCH',
  75: 'UNKNOWN_LEADER_EPOCH',
  76: 'UNSUPPORTED_COMPRESSION_TYPE',
  78: 'OFFSET_NOT_AVAILABLE',
  89: 'THROTTLING_QUOTA_EXCEEDED',
  100: 'UNKNOWN_TOPIC_ID',
  103: 'INCONSISTENT_TOPIC_ID',
  106: 'OFFSET_MOVED_TO_TIERED_STORAGE',
}

/** Names an error code as Kafka does; by its number if it is none of those a reader meets. */
export function errorName(code: number): string {
  return errorNames[code] ?? `error code ${code}`
}
