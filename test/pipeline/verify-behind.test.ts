import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { type TestContext, test } from 'node:test'
import { partitionPaths } from '../../files/lib/engine/partition-paths.ts'
import type { PartitionVerification } from '../../files/lib/verify/verification.ts'
import { afterEachCatchUp, agreementIn, proofIn } from '../../pipeline/verify-behind.ts'
import { temporaryFolder } from '../support/program.ts'

const agreeing: PartitionVerification = {
  ...{ partition: 0, verdict: 'agree', offset: 5, differences: [], error: null },
  ...{ records: 5, counted: 4, duplicates: 1, late: 0, refused: 0, aborted: 0, numbers: 288 },
}
const whole = { numbers: 288, error: null }

test('a verification that agrees tells how many numbers it compared', () => {
  const partitions = [agreeing]
  assert.deepEqual(agreementIn({ ...whole, verdict: 'agree', partitions }), {
    numbers: 288,
    difference: null,
  })
})

test('a verification that finds a difference tells the first', () => {
  const sum = { month: 'January', year: '1990', field: 'sum', file: 1, log: 2 } as const
  const average = { ...sum, field: 'avg' } as const
  const differing = { ...agreeing, partition: 2, verdict: 'differ', differences: [sum, average] } as const
  assert.deepEqual(
    agreementIn({
      ...whole,
      verdict: 'differ',
      partitions: [agreeing, { ...differing, differences: [sum, average] }],
    }),
    { numbers: 0, difference: 'partition 2: January 1990: sum is 1 in the file, 2 by the log' },
  )
  const past = {
    ...agreeing,
    verdict: 'differ',
    error: "the file's offset 9 is past the log's end, 5",
  } as const
  assert.deepEqual(agreementIn({ ...whole, verdict: 'differ', partitions: [past] }), {
    numbers: 0,
    difference: "partition 0: the file's offset 9 is past the log's end, 5",
  })
})

test('a verification that could not compare says nothing of the numbers', () => {
  const other = { ...agreeing, verdict: 'unknown', error: 'the file belongs to topic id A' } as const
  assert.equal(agreementIn({ ...whole, verdict: 'unknown', partitions: [agreeing, other] }), undefined)
  const error = 'no broker answered within 30 s'
  assert.equal(agreementIn({ verdict: 'unknown', partitions: [], numbers: 0, error }), undefined)
})

test('the page is told what a verification came to: the first difference, or why nothing was compared', () => {
  const proof = (verification: Parameters<typeof proofIn>[0]) => proofIn(verification, 7)
  assert.deepEqual(proof({ ...whole, verdict: 'agree', partitions: [agreeing] }), {
    ...{ verdict: 'agree', numbers: 288, fault: null, checkedAt: 7 },
  })
  const differing = { ...agreeing, partition: 2, verdict: 'differ', error: 'it is past the log' } as const
  const { fault } = proof({ ...whole, verdict: 'differ', partitions: [agreeing, differing] })
  assert.equal(fault, 'partition 2: it is past the log')
  const error = 'no broker answered within 30 s'
  assert.equal(proof({ verdict: 'unknown', partitions: [], numbers: 0, error }).fault, error)
})

async function consumersOf(t: TestContext) {
  const folder = await temporaryFolder(t)
  const put = (state: string) => {
    for (const partition of [0, 1, 2, 3]) {
      const { status } = partitionPaths(folder, partition)
      mkdirSync(dirname(status), { recursive: true })
      const numbers = { pid: 7, offset: 5, endOffset: 5, rate: 1, heartbeat: Date.now() }
      writeFileSync(status, JSON.stringify({ ...numbers, host: 'here', state, error: null }))
    }
  }
  return { folder, put }
}

test('a verification is due when the consumers have caught up, and again when they had fallen behind', async (t) => {
  const { folder, put } = await consumersOf(t)
  const wait = afterEachCatchUp(folder)
  put('live')
  await wait(undefined, t.signal)
  let isDue = false
  const again = wait(0, t.signal).then(() => (isDue = true))
  put('catching up')
  await wait(undefined, AbortSignal.timeout(700)).catch(() => {}) // Several looks later:
  assert.equal(isDue, false)
  put('live')
  await again
})
