import { Admin, compatibilityPartitioner, ProduceAcks, Producer } from '@platformatic/kafka'
import { explain, waitForBroker } from './lib/connect.ts'
import { openTopic, recreateTopic } from './lib/create-topic.ts'
import { describeDifferences } from './lib/differences.ts'
import { dateAfter, readNewestDates } from './lib/newest-dates.ts'
import { readObservations } from './lib/observations.ts'
import { startPace } from './lib/pace.ts'
import { parseProducerOptions } from './lib/producer-options.ts'
import { run } from './lib/program.ts'
import { pythonString } from './lib/python.ts'
import { retryDelay, type Send, startSending } from './lib/send.ts'
import { sendObservations } from './lib/send-observations.ts'
import { brokerSettings, replicationFactor, topicName } from './lib/settings.ts'
import { firstDate, generateWeather } from './weather.ts'

// Recreates the topic and sends it a report a day: generated weather for ever, or observations.
await run(async (signal) => {
  const { append, files, wanted, delayMs } = parseProducerOptions(process.argv.slice(2))
  const settings = brokerSettings()
  const [topic, replicas] = [topicName(), replicationFactor()]
  const observations = files.length > 0 ? await readObservations(files, wanted, signal) : undefined
  const admin = new Admin({ clientId: 'almanac-producer', ...settings, retries: 10, retryDelay })
  const producer = new Producer({
    clientId: 'almanac-producer',
    ...settings,
    acks: ProduceAcks.ALL,
    retries: 10,
    retryDelay,
    requestTimeout: 10_000, // A broker that hangs is passed over after that.
    idempotent: true,
    partitioner: compatibilityPartitioner,
    metadataMaxAge: 100, // Below any retryDelay: startSending relies on it.
  })
  try {
    await waitForBroker(admin, settings, signal)
    const open = append ? openTopic : recreateTopic
    const { id } = await open(admin, topic, replicas, signal).catch(explain(`Opening topic ${topic}`))
    const topics = await admin.listTopics().catch(explain('Listing the topics'))
    console.log(`Topics: [${topics.map((name) => pythonString(name)).join(', ')}]`)
    const reading = append ? readNewestDates(settings, topic, id) : Promise.resolve([])
    const newestDates = await reading.catch(explain(`Reading the newest dates of ${topic}`))
    if (append) console.log(`Appending after ${newestDates.map((date) => date ?? 'nothing').join(', ')}.`)
    if (append && observations) {
      const comparing = describeDifferences(settings, topic, id, observations.days, newestDates)
      const differences = await comparing.catch(explain(`Comparing with the log of ${topic}`))
      if (differences) console.error(differences)
    }
    const send = startSending(producer, topic, id)
    const beat = startPace(delayMs, signal)
    if (observations) await sendObservations(send, observations, newestDates, beat, delayMs > 0)
    else await sendWeather(send, dateAfter(newestDates, firstDate), beat)
  } finally {
    await Promise.all([producer.close(), admin.close()])
  }
})

async function sendWeather(send: Send, start: string | undefined, beat: () => Promise<void>): Promise<void> {
  for (const day of start ? generateWeather(Math.random, start) : []) {
    await beat()
    await send([day])
  }
  console.log('The weather has come to 9999-12-31, the last date whose year has four digits.')
}
