import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readLogged } from '../../../files/lib/produce/append.ts'
import { startBrokerBehindProxy } from '../../support/broker-behind-proxy.ts'
import { createTopic } from '../../support/kafka.ts'
import { reportRecord, sendRecords } from '../../support/send-records.ts'

test('what the log holds is read whichever response of the broker is cut off', async (t) => {
  const { address, proxy } = await startBrokerBehindProxy(t)
  const { name: topic, id } = await createTopic(t, address)
  const dates = ['1990-03-02', '1990-02-02', '1990-01-02', '1990-05-02']
  await sendRecords(address, topic, [dates.map((date) => reportRecord(date, 20))])
  const source = { kind: 'synthetic' } as const
  let cut = 0
  do {
    await proxy.trouble({ kind: 'reset', skip: cut++ })
    const logged = await readLogged({ bootstrapBrokers: [address] }, { topic, id, source, days: [] })
    assert.deepEqual(logged.newestDates, dates, `response ${cut}`)
  } while (proxy.hits() > 0)
  assert.ok(cut > 5)
})
