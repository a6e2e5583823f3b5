import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, test } from 'node:test'
import { MessagesStreamFallbackModes, MessagesStreamModes } from '@platformatic/kafka'
import { CommittedConsumer } from '../../../files/lib/debug/committed-consumer.ts'
import { cases } from '../../support/transactions/cases.ts'
import { startTransactionSite } from '../../support/transactions/site.ts'
import { abort, plain, report } from '../../support/transactions/steps.ts'

const site = await startTransactionSite()
after(site.stop)

const lastDays = ['2009-03-01', '2009-02-01', '2009-01-01', '2009-05-01'].map((date) => report(date, 0))

for (const { name, segmentBytes, steps } of cases) {
  test(`${name}: a stream of CommittedConsumer has what was committed and comes to the end`, async (t) => {
    const { topic, play, log } = await site.newTopic(segmentBytes)
    await play(steps)
    // What is open is ended, so that the last days can be read.
    if (log.ends().some((end, partition) => end !== log.stableEnds()[partition])) await play([abort('b')])
    await play(plain(...lastDays))

    const settings = { clientId: 'test', bootstrapBrokers: [site.address], groupId: randomUUID() }
    const consumer = new CommittedConsumer(settings)
    t.after(() => consumer.close(true))
    const stream = await consumer.consume({
      topics: [topic],
      mode: MessagesStreamModes.EARLIEST,
      fallbackMode: MessagesStreamFallbackModes.FAIL,
      autocommit: false,
      // Of the ranges that are large, a small part at a time.
      maxBytes: 1 << 20,
      maxWaitTime: 100,
    })
    const read: string[] = []
    for await (const { partition, offset } of stream) {
      read.push(`${partition}:${offset}`)
      const isRead = (end: number, index: number) => read.includes(`${index}:${end - 1}`)
      if (log.ends().every(isRead)) break
    }
    const expected = log.committed().map(({ partition, offset }) => `${partition}:${offset}`)
    assert.deepEqual(read.sort(), expected.sort())
  })
}
