import { Admin } from '@platformatic/kafka'
import type { Command } from './lib/core/command.ts'
import { parseCommandLine } from './lib/core/command-line.ts'
import { run } from './lib/core/program.ts'
import { brokerSettings, topicName } from './lib/core/settings.ts'
import { CommittedConsumer } from './lib/debug/committed-consumer.ts'
import { followTopic } from './lib/debug/follow-topic.ts'
import { formatRecord } from './lib/debug/record-line.ts'
import { openSubscription } from './lib/debug/subscription.ts'
import { askBestBroker } from './lib/topic/ask-best-broker.ts'
import { waitForBroker } from './lib/topic/connect.ts'

const command = {
  name: 'debug.ts',
  purpose:
    'Prints records as they arrive, a Python dictionary each, as a member of the consumer group debug.',
  options: {},
  settings: ['KAFKA_BOOTSTRAP_SERVERS', 'TOPIC', 'KAFKA_SECURITY_PROTOCOL and those with it'],
  examples: [['npx node files/debug.ts', 'Records as they arrive, until Ctrl-C.']],
} satisfies Command

// A debug.ts that was killed keeps its partitions for this long; 6 s is the least that brokers allow by default.
const groupTimes = { sessionTimeout: 6000, rebalanceTimeout: 6000, heartbeatInterval: 500 }

// A broker that hangs is passed over after this; answers are at most 6 s in coming, while the group shares out anew.
const requestTimeout = 10_000

// Prints records as they arrive, a Python dictionary each: other programs parse the lines.
await run(async (signal) => {
  parseCommandLine(command, process.argv.slice(2))
  const settings = {
    clientId: 'almanac-debug',
    ...brokerSettings(),
    retries: 3,
    retryDelay: 250,
    requestTimeout,
  }
  const topic = topicName()
  const subscription = openSubscription(topic)
  const admin = new Admin(settings)
  try {
    await waitForBroker(admin, settings, topic, signal)
    while (!signal.aborted) {
      const consumer = new CommittedConsumer({ ...settings, groupId: 'debug', ...groupTimes })
      askBestBroker(consumer, topic)
      try {
        await followTopic({ admin, consumer, subscription, handle: printRecord }, signal)
      } finally {
        await consumer.close(true)
      }
    }
  } finally {
    await admin.close()
  }
})

// One write a line, which is whole and at once also when stdout is a pipe.
function printRecord(partition: number, key: Buffer | undefined, value: Buffer | undefined): void {
  process.stdout.write(`${formatRecord(partition, key, value)}\n`)
}
