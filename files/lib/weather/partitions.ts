/** The topic has four partitions; the month's name decides which (Kafka's murmur2 of the key). */
export const partitionCount = 4

/** Their numbers, 0 to 3. */
export const partitions: readonly number[] = Array.from(
  { length: partitionCount },
  (_, partition) => partition,
)
