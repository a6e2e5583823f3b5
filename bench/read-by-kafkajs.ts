/*
 * Reads a topic to its end by kafkajs and folds it as consumer.ts does, without writing files; the report is decoded by
 * hand. Arguments: address, topic, record count. Prints the milliseconds from the first fetch to the last record.
 */
import { Kafka, logLevel } from 'kafkajs'
import { emptyCheckpoint, monthTable } from '../files/lib/stats/checkpoint.ts'
import { addDay } from '../files/lib/stats/stats.ts'
import { monthName } from '../files/lib/weather/calendar.ts'

const [address, topic, recordCount] = process.argv.slice(2) as [string, string, string]
const kafka = new Kafka({ clientId: 'kafkajs', brokers: [address], logLevel: logLevel.ERROR })
const consumer = kafka.consumer({ groupId: `kafkajs-${process.pid}` })
const checkpoint = emptyCheckpoint(0)
const done = Promise.withResolvers<void>()
let begin: number | undefined
let [read, counted] = [0, 0]

function fold(key: string, value: Buffer): void {
  const date = value.toString('latin1', 2, 12)
  const month = monthName(Number(date.slice(5, 7)))
  if (key !== month) throw new Error(`the key is ${key}, expected ${month}`)
  const outcome = addDay(
    monthTable(checkpoint, month),
    Number(date.slice(0, 4)),
    Number(date.slice(8)),
    value.readDoubleLE(13),
  )
  if (outcome === 'counted') counted++
}

consumer.on(consumer.events.FETCH_START, () => {
  begin ??= performance.now()
})
await consumer.connect()
await consumer.subscribe({ topics: [topic], fromBeginning: true })
await consumer.run({
  autoCommit: false,
  eachBatch: async ({ batch }) => {
    for (const { key, value } of batch.messages) fold(key!.toString('latin1'), value!)
    read += batch.messages.length
    if (read >= Number(recordCount)) done.resolve()
  },
})
await done.promise
console.log(JSON.stringify({ ms: performance.now() - begin!, count: counted }))
await consumer.disconnect()
