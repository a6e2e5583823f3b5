import { compatibilityPartitioner, findErrorBy, type Producer } from '@platformatic/kafka'
import { OperatingError } from '../core/program.ts'
import { sayIfSlow } from '../core/say-if-slow.ts'
import { reason } from '../kafka/network-error.ts'
import type { DailyHigh } from '../observations/observations.ts'
import { askBestBroker } from '../topic/ask-best-broker.ts'
import { isUnknownTopic } from '../topic/connect.ts'
import { sourceHeader } from '../topic/log-source.ts'
import { monthNames } from '../weather/calendar.ts'
import { encodeReport } from '../weather/encode-report.ts'
import { partitionCount, partitions } from '../weather/partitions.ts'
import { encodeSource, type Source } from '../weather/source.ts'

/**
 * How many days go well in one send: one request holds one batch a partition, large enough that the round trip counts
 * little, far below Kafka's 1 MB.
 */
export const daysPerSend = 4000

/** Sends reports to the topic, in order; resolves once all are acknowledged. */
export type Send = (days: readonly DailyHigh[]) => Promise<void>

/**
 * Makes the function that sends reports to one topic, and to no later one of the same name.
 *
 * Kafka's client produces by name, so a producer whose topic was deleted and created again would go on into the new
 * one. Hence metadata is asked for before each send, and by the producer before each further try (`metadataMaxAge` below
 * the pause between tries): another topic id in an answer closes the producer at once, before the try that asked.
 * What remains is a topic deleted and created within the milliseconds between that answer and the send's arrival.
 *
 * @param producer idempotent, so that its own retries double nothing; await each send before the next
 * @param id of the topic to send to
 * @param source said by the first record that is sent to each partition: the first one of a partition is where it is looked for
 * @returns a function that throws an OperatingError when a send fails for good; it may then not be called again
 */
export function startSending(producer: Producer, topic: string, id: string, source?: Source): Send {
  let obstacle: string | undefined
  askBestBroker(producer, topic)
  producer.on('client:metadata', (metadata) => {
    const seen = metadata.topics.get(topic)
    if (!seen || obstacle) return
    obstacle = describeObstacle(seen, id)
    if (obstacle) producer.close(() => {}) // That this end has failed is told by the send which it cuts short.
  })
  const headersOf = sayFirst(source)
  return async (days) => {
    const message = ({ date, degrees }: DailyHigh) => {
      // By our own count of partitions, whatever the topic has by now: nobody reads another one.
      const partition = partitionOf(date)
      const value = encodeReport(date, degrees)
      return { topic, partition, key: recordKey(date), value, headers: headersOf(date) }
    }
    const send = async () => {
      await producer.metadata({ topics: [topic], forceUpdate: true })
      await Promise.all(byPartition(days).map((group) => producer.send({ messages: group.map(message) })))
    }
    try {
      await sayIfSlow(`The acknowledgement of ${days[0]!.date}`, send())
    } catch (cause) {
      throw failure(topic, days[0]!.date, obstacle, cause)
    }
  }
}

/** What goes to several partitions of one leader in one send, the library keeps sending to one, whoever leads them by now. */
function byPartition(days: readonly DailyHigh[]): DailyHigh[][] {
  return [...Map.groupBy(days, ({ date }) => partitionOf(date)).values()]
}

/** Gives the first record to each partition the header that says the source, and none to the others. */
function sayFirst(source: Source | undefined) {
  const silent = new Set(source ? partitions : [])
  const headers = source && new Map([[Buffer.from(sourceHeader), encodeSource(source)]])
  return (date: string) => (silent.size > 0 && silent.delete(partitionOf(date)) ? headers : undefined)
}

/**
 * Lets ten tries of a client span 22 s, the first of them soon, for a broker takes 2 to 7 s to restart; but 0.2 s when the
 * topic is absent: it does not come back.
 */
export function retryDelay(
  _client: object,
  _operation: string,
  attempt: number,
  _retries: number,
  error: Error,
) {
  return findErrorBy(error, 'apiId', 'UNKNOWN_TOPIC_OR_PARTITION') ? 20 : attempt * 400
}

/** The partition that holds a day's report: the month's name, placed as Java's clients place it. */
export function partitionOf(date: string): number {
  return partitionsByMonth[monthIndex(date)]!
}

const keys = monthNames.map((name) => Buffer.from(name))
// Once for each of the twelve keys: it takes longer than all else that is done for a record.
const partitionsByMonth = keys.map(
  (key) => compatibilityPartitioner({ topic: '', key }, key) % partitionCount,
)

function recordKey(date: string): Buffer {
  return keys[monthIndex(date)]!
}

function monthIndex(date: string): number {
  return (date.charCodeAt(5) - 0x30) * 10 + date.charCodeAt(6) - 0x31
}

/** Why nothing more may be sent to a topic as metadata tells of it; undefined when it is as it was. */
function describeObstacle(topic: { id: string; partitionsCount: number }, id: string): string | undefined {
  if (topic.id !== id) return 'was deleted and created again by another program'
  if (topic.partitionsCount === partitionCount) return undefined
  return (
    `has ${topic.partitionsCount} partitions now, expected ${partitionCount}: somebody has changed their number. ` +
    'Consumers stop for the same reason. To start over, run producer.ts without --append, which recreates the topic'
  )
}

function failure(
  topic: string,
  firstDate: string,
  obstacle: string | undefined,
  cause: unknown,
): OperatingError {
  if (obstacle) {
    return new OperatingError(
      `Topic ${topic} ${obstacle}. This producer stops before ${firstDate}: every earlier date was acknowledged.`,
      { cause },
    )
  }
  if (isUnknownTopic(cause, topic)) {
    return new OperatingError(
      `Topic ${topic} was deleted by another program: this producer stops before ${firstDate}.`,
      { cause },
    )
  }
  return new OperatingError(
    `Sending failed for good (${reason(cause)}). The first date that may or may not be in the log of ${topic} is ` +
      `${firstDate}; every earlier one is. Start again with --append: it goes on after the newest date in the log.`,
    { cause },
  )
}
