/** What a broker has heard from the controller: it may be behind. Never changed, but replaced. */
export type ClusterView = {
  version: number
  brokers: readonly { id: number; port: number }[]
  topics: ReadonlyMap<string, TopicView>
}
export type TopicView = { name: string; id: string; partitions: readonly PartitionView[] }
/** The leader is -1 while there is none. */
export type PartitionView = {
  leader: number
  leaderEpoch: number
  replicas: readonly number[]
  inSync: readonly number[]
}

/** The newest version of each request that a broker knows, and the oldest, by Kafka's keys. */
export type Versions = ReadonlyMap<number, readonly [oldest: number, newest: number]>

/** What brokers differ in, and users set. */
export type BrokerSettings = {
  versions: Versions
  /** `fetch.max.bytes`: how much a fetch brings at most. */
  fetchBytesMax: number
  topicConfigs: ReadonlyMap<string, string>
}

/** Names a partition of a topic. */
export function replicaKey(topicId: string, partition: number): string {
  return `${topicId}/${partition}`
}
