import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { PartitionVerification } from '../../files/lib/verify/verification.ts'
import { agreementIn } from '../../pipeline/verify-behind.ts'

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
