import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { brokerAddress, startAdmin, uniqueTopic } from '../support/kafka.ts'
import { startProgram, temporaryFolder } from '../support/program.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { sendRecords } from '../support/send-records.ts'
import { waitFor } from '../support/wait-for.ts'

const vocabulary = ['sun', 'rain', 'snow', 'hail', 'fog', 'wind']

test('a second application on the engine counts each word once, killed 15 times while they arrive', async (t) => {
  const random = seededRandom(t)
  const directory = await temporaryFolder(t)
  const topic = await createTopic(t)
  const environment = { KAFKA_BOOTSTRAP_SERVERS: brokerAddress(), TOPIC: topic, DATA_DIR: directory }
  const start = () => startProgram(t, '../test/engine/count-words.ts', ['0', '1'], environment)
  const texts = Array.from({ length: 3000 }, () => sentence(random))
  const sending = sendRecords(brokerAddress(), topic, groupsOf(texts))
  let running = start()
  for (let kill = 0; kill < 15; kill++) {
    await sleep(400 * random()) // The moment of the kill is the thing tested; nothing is waited for.
    running.child.kill('SIGKILL')
    await running.ended
    running = start()
  }
  await sending
  const offset = () => partitionFile(directory, 0).offset + partitionFile(directory, 1).offset
  await waitFor('the last start', () => running.stdout().includes('Counting the words'))
  await waitFor('the end of the log', () => offset() === texts.length, 60_000)
  for (const partition of [0, 1]) {
    const own = texts.filter((_, index) => index % 2 === partition)
    assert.deepEqual(partitionFile(directory, partition), {
      ...{ partition, offset: own.length },
      words: countWords(own),
    })
  }
  running.child.kill('SIGTERM')
  assert.deepEqual(await running.ended, { code: 0, signal: null }, running.stderr())
})

async function createTopic(t: TestContext): Promise<string> {
  const topic = uniqueTopic()
  await startAdmin(t).createTopics({ topics: [topic], partitions: 2, replicas: 1 })
  return topic
}

function sentence(random: () => number): string {
  const word = () => vocabulary[Math.floor(random() * vocabulary.length)]!
  return Array.from({ length: 1 + Math.floor(random() * 5) }, word).join(' ')
}

/** Sends of 20 records each, by turns to partition 0 and 1. */
function groupsOf(texts: readonly string[]) {
  const records = texts.map((text, index) => ({ key: null, value: Buffer.from(text), partition: index % 2 }))
  return Array.from({ length: records.length / 20 }, (_, i) => records.slice(20 * i, 20 * i + 20))
}

function countWords(texts: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const word of texts.join(' ').split(' ')) counts[word] = (counts[word] ?? 0) + 1
  return counts
}

function partitionFile(directory: string, partition: number) {
  try {
    return JSON.parse(readFileSync(join(directory, `partition-${partition}.json`), 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    return { partition, offset: 0 }
  }
}
