import { endOffsetOf, type Reading } from './readings.ts'

type Metric = { name: string; help: string; measure: (reading: Reading, now: number) => number | undefined }

const metrics: readonly Metric[] = [
  {
    name: 'almanac_partition_offset',
    help: 'Next record to read, as in the partition file.',
    measure: ({ checkpoint }) => checkpoint?.offset,
  },
  {
    name: 'almanac_partition_end_offset',
    help: 'One past the newest record of the topic, as the consumer saw it last.',
    measure: endOffsetOf,
  },
  {
    name: 'almanac_partition_lag_records',
    help: 'Records not yet in the partition file.',
    measure: (reading) => {
      const end = endOffsetOf(reading)
      return end === undefined ? undefined : end - (reading.checkpoint?.offset ?? 0)
    },
  },
  {
    name: 'almanac_partition_lag_seconds',
    help: 'Age of the oldest record not yet in the partition file, since it was seen.',
    measure: ({ lag }) => lag && lag.ms / 1000,
  },
  {
    name: 'almanac_partition_counted',
    help: 'Days counted.',
    measure: ({ checkpoint, counted }) => checkpoint && counted,
  },
  {
    name: 'almanac_partition_not_counted',
    help: 'Offsets passed that were not counted: duplicates, refused records, offsets without a record.',
    measure: ({ checkpoint, counted }) => checkpoint && checkpoint.offset - counted,
  },
  {
    name: 'almanac_partition_file_age_seconds',
    help: 'Time since the partition file was written.',
    measure: ({ modifiedAt }, now) => modifiedAt && (now - modifiedAt) / 1000,
  },
  {
    name: 'almanac_partition_open_transaction_seconds',
    help: 'Time since a transaction was seen open that holds back the records behind it; 0 without one.',
    measure: ({ status }, now) =>
      status && (status.openTransaction ? (now - status.openTransaction.since) / 1000 : 0),
  },
  {
    name: 'almanac_partition_heartbeat_age_seconds',
    help: 'Time since the consumer gave a sign of life.',
    measure: ({ status }, now) => status && (now - status.heartbeat) / 1000,
  },
]

/**
 * Formats the readings for Prometheus, in its text form 0.0.4. All are gauges: offset and count begin again at 0 when
 * the topic is recreated.
 */
export function formatMetrics(readings: readonly Reading[], now: number): string {
  const lines = metrics.flatMap(({ name, help, measure }) => [
    ...head(name, help),
    ...readings.flatMap((reading) => {
      const value = measure(reading, now)
      return value === undefined ? [] : [`${name}{partition="${reading.partition}"} ${value}`]
    }),
  ])
  const memory = [
    ...head('process_resident_memory_bytes', 'Memory of the page’s server.'),
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
  ]
  return `${[...lines, ...memory].join('\n')}\n`
}

function head(name: string, help: string): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`]
}
