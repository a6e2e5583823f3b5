import { compatibilityPartitioner, ProduceAcks, Producer } from '@platformatic/kafka'
import { startSending } from '../files/lib/produce/send.ts'
import { formatDate, nextDay, parseDate } from '../files/lib/weather/calendar.ts'
import type { History } from './history.ts'
import type { Setup } from './setup.ts'

/** Sends days that follow on a history; resolves with their dates when they are acknowledged. */
export type SendDays = (count: number) => Promise<string[]>

/** Sends as producer.ts does while `use` runs. */
export async function whileSending<Result>(
  { address }: Setup,
  history: History,
  use: (send: SendDays) => Promise<Result>,
): Promise<Result> {
  const producer = new Producer({
    ...{ clientId: 'bench', bootstrapBrokers: [address], acks: ProduceAcks.ALL, idempotent: true },
    ...{ partitioner: compatibilityPartitioner, metadataMaxAge: 100 },
  })
  const send = startSending(producer, history.topic, history.topicId)
  try {
    return await use(async (count) => {
      const dates: string[] = []
      for (; dates.length < count; history.nextDate = formatDate(nextDay(parseDate(history.nextDate)!)!))
        dates.push(history.nextDate)
      await send(dates.map((date) => ({ date, degrees: 54.3 })))
      return dates
    })
  } finally {
    await producer.close()
  }
}
