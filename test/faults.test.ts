import assert from 'node:assert/strict'
import { once } from 'node:events'
import { renameSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { produceV11 } from '@platformatic/kafka'
import { rememberAcknowledged } from '../faults/acknowledged.ts'
import { countsOf, countsValue, kinds, usualCounts } from '../faults/kinds.ts'
import { judgeGrowth, type Measure } from '../faults/measure-processes.ts'
import { startProxy } from '../faults/proxy.ts'
import { runFaults } from '../faults/run-faults.ts'
import { drawRounds } from '../faults/schedule.ts'
import { watchFiles } from '../faults/watch-files.ts'
import { temporaryFolder } from './support/program.ts'
import { randomFrom } from './support/seeded-random.ts'
import { type RawRecord, reportRecord } from './support/send-records.ts'
import { waitFor } from './support/wait-for.ts'

test('after faults of many kinds all is counted once (`npm run faults` does this at length)', async (t) => {
  const seed = Number(process.env.SEED || Date.now() % 2 ** 32)
  t.diagnostic(`SEED=${seed}`)
  const counts = countsValue.parse(
    'kill-consumer=8,term-consumer=1,clock-consumer=1,kill-producer=2,kill-broker=1,' +
      'refuse=1,reset=2,delay=1,throttle=1,drop-ack=2',
  )!
  const directory = join(await temporaryFolder(t), 'site')
  const options = { seed, counts, minutes: undefined, delay: 0.004, directory }
  const { done } = await runFaults(options, (line) => t.diagnostic(line), t.signal)
  assert.deepEqual(
    countsOf((kind) => done.get(kind) ?? 0),
    counts,
  )
})

test('a seed gives the same faults again, each kind as often as asked for', () => {
  const draw = (seed: number) => drawRounds(randomFrom(seed), usualCounts, 40_000)
  assert.deepEqual(draw(7), draw(7))
  assert.notDeepEqual(draw(7), draw(8))
  const all = draw(7).flatMap(({ faults }) => Object.values(faults).flat())
  for (const kind of kinds.filter((kind) => kind !== 'recreate'))
    assert.equal(all.filter((fault) => fault.kind === kind).length, usualCounts[kind], kind)
  assert.equal(draw(7).filter(({ recreates }) => recreates).length, usualCounts.recreate)
})

/** A request and its response as they are on the wire; its head and the response by hand, from the protocol's page. */
function produce(records: RawRecord[], errorCode: number, baseOffset: number): [Buffer, Buffer] {
  const messages = records.map(({ key, value }) => ({
    topic: 'temperatures',
    partition: 2,
    key: key!,
    value: value!,
  }))
  const head = Buffer.from('00000000' + '0000' + '000b' + '00000007' + '000178' + '00', 'hex')
  const request = Buffer.concat([head, produceV11.createRequest(-1, 1000, messages, {}).buffer])
  request.writeInt32BE(request.length - 4)
  const before = Buffer.from('00000000' + '00000007' + '00' + '02' + '0d', 'hex')
  const place = Buffer.alloc(1 + 4 + 2 + 8)
  place.writeInt8(2)
  place.writeInt32BE(2, 1)
  place.writeInt16BE(errorCode, 5)
  place.writeBigInt64BE(BigInt(baseOffset), 7)
  const after = Buffer.from(
    'ffffffffffffffff' + '0000000000000000' + '01' + '00' + '00' + '00' + '00000000' + '00',
    'hex',
  )
  return [request, Buffer.concat([before, Buffer.from('temperatures'), place, after])]
}

test('what was acknowledged and is not in the log is missed', () => {
  const acknowledged = rememberAcknowledged()
  acknowledged.observe(...produce([reportRecord('1990-01-01', 20.5), reportRecord('1990-01-02', 21)], 0, 40))
  acknowledged.observe(...produce([reportRecord('1990-01-03', 22)], 6, -1))
  assert.equal(acknowledged.count(), 2)
  const log = ['1990-01-01', '1990-01-02'].map((date, i) => ({
    ...{ partition: 2, offset: 40 + i, key: 'January', date, degrees: [20.5, 21][i]! },
  }))
  assert.deepEqual(acknowledged.missingFrom(log), [])
  assert.deepEqual(acknowledged.missingFrom([log[0]!, { ...log[1]!, degrees: 21.5 }]), [
    'partition 2, offset 41: acknowledged January 1990-01-02 21, the log has January 1990-01-02 21.5',
  ])
  assert.match(acknowledged.missingFrom(log.slice(0, 1))[0]!, /the log has nothing$/)
  acknowledged.observe(...produce([reportRecord('1990-01-31', 23)], 0, 41))
  assert.match(acknowledged.missingFrom(log)[0]!, /offset 41: acknowledged as .*01-02 21 and as .*01-31 23/)
})

test('the watch of the files sees one that is torn, one that goes back and a month that cannot be', async (t) => {
  const directory = await temporaryFolder(t)
  const path = join(directory, 'partition-2.json')
  const seen: string[] = []
  const watch = watchFiles(directory, (what) => seen.push(what))
  t.after(watch.stop)
  const write = (text: string) => {
    writeFileSync(`${path}.tmp`, text)
    renameSync(`${path}.tmp`, path)
  }
  const month = { count: 32, sum: 32, avg: 1, start: '1990-01-01', end: '1990-01-31' }
  for (const [text, complaint] of [
    ['{"partition": 2, "offset": 7}', undefined],
    ['{"partition": 2, "offset": 5}', /went back from offset 7 to 5; archived since: nothing/],
    ['{"partition": 2, "off', /JSON/],
    [JSON.stringify({ partition: 2, offset: 40, January: { 1990: month } }), /January 1990: \{"count":32/],
    ['{"partition": 1, "offset": 41}', /partition 1, offset 41/],
  ] as const) {
    const { length } = seen
    const reads = watch.reads()
    write(text)
    if (!complaint) await waitFor('the file to be read', () => watch.reads() > reads)
    else assert.match(await waitFor('the complaint', () => seen[length]), complaint)
  }
})

/** A proxy before a server that answers each frame with one of 1,000 bytes and the same number. */
async function startEcho(t: TestContext) {
  const server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (request) => {
      const answer = Buffer.alloc(1004)
      answer.writeInt32BE(1000)
      request.copy(answer, 4, 8, 12)
      socket.write(answer)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const proxy = await startProxy((server.address() as AddressInfo).port, () => {})
  t.after(proxy.close)
  const port = Number(proxy.address.split(':')[1])
  /** Asks once; gives the bytes that came, and how long they took. */
  const ask = async () => {
    const begin = performance.now()
    const socket = connect(port, '127.0.0.1')
    t.after(() => socket.destroy())
    socket.write(Buffer.from('00000008' + '0003' + '0004' + '00000001', 'hex'))
    let bytes = 0
    const ended = Promise.withResolvers<string>()
    socket.on('error', (error: NodeJS.ErrnoException) => ended.resolve(error.code ?? ''))
    socket.on('data', (chunk) => {
      bytes += chunk.length
      if (bytes === 1004) ended.resolve('whole')
    })
    return { end: await ended.promise, bytes, ms: performance.now() - begin }
  }
  return { proxy, ask }
}

test('the proxy refuses, resets amid a response, swallows, delays and throttles, and heals', async (t) => {
  const { proxy, ask } = await startEcho(t)
  assert.equal((await ask()).end, 'whole')
  await proxy.trouble({ kind: 'refuse' })
  assert.equal((await ask()).end, 'ECONNREFUSED')
  await proxy.trouble({ kind: 'reset' })
  const { end, bytes } = await ask()
  assert.deepEqual([end, bytes], ['ECONNRESET', 502])
  assert.equal(proxy.hits(), 1)
  assert.equal((await ask()).end, 'whole')
  await proxy.trouble({ kind: 'delay', ms: 150 })
  assert.ok((await ask()).ms >= 300)
  await proxy.trouble({ kind: 'throttle', bytesPerSecond: 2000 })
  assert.ok((await ask()).ms >= 450)
  await proxy.trouble({ kind: 'black-hole' })
  const swallowed = ask()
  await waitFor('the request to be swallowed', () => proxy.hits() > 0)
  assert.equal(await Promise.race([swallowed, sleep(300, 'nothing')]), 'nothing')
  await proxy.trouble({ kind: 'none' })
  assert.equal((await swallowed).end, 'whole')
})

test('a program that has grown over the quiet gaps is found, one that only began large is not', () => {
  const gaps = (pid: number, megabytes: number[], descriptors = 20) =>
    megabytes.map((own) => ({ name: 'producer', pid, megabytes: own, descriptors }))
  const verdicts = (measures: Measure[]) =>
    judgeGrowth(measures, () => true).map(({ pid, isTooMuch }) => [pid, isTooMuch])
  assert.deepEqual(verdicts([...gaps(1, [160, 120, 130, 155]), ...gaps(2, [100, 200])]), [[1, false]])
  assert.deepEqual(verdicts(gaps(1, [100, 120, 140, 161])), [[1, true]])
  assert.deepEqual(verdicts([...gaps(1, [100, 100]), ...gaps(1, [100], 29)]), [[1, true]])
  assert.deepEqual(judgeGrowth(gaps(1, [1, 2, 99]), () => false)[0]?.isTooMuch, false)
})
