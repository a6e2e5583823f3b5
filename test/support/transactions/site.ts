import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Admin } from '@platformatic/kafka'
import { freePort } from '../../../broker/ports.ts'
import { startBroker } from '../../../broker/start-broker.ts'
import { type NetworkProxy, startProxy } from '../../../faults/proxy.ts'
import { recreateTopic } from '../../../files/lib/topic/open-topic.ts'
import { fastFolder } from '../global-setup.ts'
import { uniqueTopic } from '../kafka.ts'
import type { Case } from './cases.ts'
import { startJava } from './java.ts'
import { beginScript, startWriter, type WriterClient } from './writer.ts'

/** Where the cases are played: a broker, and the program that writes there; shared by the tests of a file. */
export type TransactionSite = {
  address: string
  /** All clients come by way of it. */
  proxy: NetworkProxy
  admin: Admin
  /** Makes a topic for a case and begins its script there. */
  newTopic: (
    segmentBytes?: Case['segmentBytes'],
  ) => Promise<{ topic: string } & ReturnType<typeof beginScript>>
  /** Reads a topic by Kafka's own consumer. */
  readByJava: (topic: string) => Promise<{ ends: number[]; records: JavaRecord[] }>
  stop: () => Promise<void>
}

/** Key and value are hexadecimal digits. */
type JavaRecord = { partition: number; offset: number; key: string; value: string }

/**
 * Starts a broker and the programs.
 *
 * @param version of Kafka; the pinned one by default
 */
export async function startTransactionSite(version?: string): Promise<TransactionSite> {
  const folder = await mkdtemp(join(await fastFolder(), 'almanac-test-transactions-'))
  const port = await freePort('127.0.0.1')
  const proxy = await startProxy(port, () => {})
  const { address } = proxy
  const broker = await startBroker({ directory: join(folder, 'kafka'), port, advertised: address, version })
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [address], retries: 3, retryDelay: 200 })
  const writer = await startWriter((process.env.TRANSACTIONS_BY || 'java') as WriterClient, address, folder)
  const reader = await startJava('ReadCommitted.java', address)
  const newTopic = async (segmentBytes?: number) => {
    const { signal } = new AbortController()
    const topic = uniqueTopic()
    if (segmentBytes === undefined) await recreateTopic(admin, topic, 1, signal)
    else {
      const configs = [{ name: 'segment.bytes', value: String(segmentBytes) }]
      await admin.createTopics({ topics: [topic], partitions: 4, replicas: 1, configs })
    }
    return { topic, ...beginScript(writer, admin, topic) }
  }
  const readByJava = async (topic: string) =>
    (await reader.ask(topic)) as Awaited<ReturnType<TransactionSite['readByJava']>>
  const stop = async () => {
    await Promise.all([writer.kill(), reader.kill(), admin.close()])
    await Promise.all([proxy.close(), broker.kill()])
    await rm(folder, { recursive: true, force: true })
  }
  return { address, proxy, admin, newTopic, readByJava, stop }
}
