import { Admin, compatibilityPartitioner, ProduceAcks, Producer } from '@platformatic/kafka'
import { tellParent } from './lib/core/notice.ts'
import { startPace } from './lib/core/pace.ts'
import { run } from './lib/core/program.ts'
import { sayIfSlow } from './lib/core/say-if-slow.ts'
import { brokerSettings, replicationFactor, topicName } from './lib/core/settings.ts'
import { pythonString } from './lib/debug/python.ts'
import { readLogged } from './lib/produce/append.ts'
import { checkObservations, suggestCheck } from './lib/produce/check-observations.ts'
import { followObservations, readOnce } from './lib/produce/follow-observations.ts'
import { parseProducerOptions } from './lib/produce/producer-options.ts'
import { retryDelay, startSending } from './lib/produce/send.ts'
import { sendReadings } from './lib/produce/send-readings.ts'
import { sendWeather } from './lib/produce/send-weather.ts'
import { explain, waitForBroker } from './lib/topic/connect.ts'
import { openTopic, recreateTopic } from './lib/topic/open-topic.ts'
import { generatedSource } from './weather.ts'

// Deletes the topic, unless --append is given, and sends it a report a day: generated weather for ever, or observations.
await run(async (signal) => {
  const options = parseProducerOptions(process.argv.slice(2))
  const { append, follow, check, files, wanted, delayMs, daysPerBeat, headStartYears } = options
  if (check) return checkObservations(files, { ...wanted, isGrowing: follow }, signal)
  const brokers = brokerSettings()
  const settings = { clientId: 'almanac-producer', ...brokers, retries: 10, retryDelay }
  const [topic, replicas] = [topicName(), replicationFactor()]
  const following = { isPatient: append, say: console.error, signal }
  const readings = follow ? followObservations(files, wanted, following) : readOnce(files, wanted, signal)
  const nextReading = async () => (await readings.next()).value ?? undefined
  const first = await nextReading().catch(suggestCheck)
  const admin = new Admin(settings)
  const producer = new Producer({
    ...settings,
    acks: ProduceAcks.ALL,
    requestTimeout: 10_000, // A broker that hangs is passed over after that.
    idempotent: true,
    partitioner: compatibilityPartitioner,
    metadataMaxAge: 100, // Below any retryDelay: startSending relies on it.
  })
  try {
    await waitForBroker(admin, brokers, topic, signal)
    const open = append ? openTopic : recreateTopic
    const opening = open(admin, topic, replicas, signal).catch(explain(`Opening topic ${topic}`))
    const { id } = await sayIfSlow(`The topic ${topic}`, opening)
    tellParent({ kind: 'topic opened', topic, id })
    const topics = await admin.listTopics().catch(explain('Listing the topics'))
    console.log(`Topics: [${topics.map((name) => pythonString(name)).join(', ')}]`)
    const { source = generatedSource, days = [] } = first ?? {}
    const logged = append
      ? await readLogged(brokers, { topic, id, source, days })
      : { topic, newestDates: [], days: new Map(), source }
    const send = startSending(producer, topic, id, logged.source)
    const pace = { beat: startPace(delayMs, signal), daysPerBeat }
    if (first) await sendReadings(send, first, nextReading, logged, pace)
    else await sendWeather(send, { newestDates: logged.newestDates, headStartYears, beat: pace.beat, signal })
  } finally {
    await Promise.all([producer.close(), admin.close()])
  }
})
