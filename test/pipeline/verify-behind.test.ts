import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readVerification } from '../../pipeline/verify-behind.ts'

const agreeing = 'partition 0: 5 records = 4 counted + 1 duplicates + 0 late + 0 refused; file agrees'
const differing =
  'partition 2: 7 records = 7 counted + 0 duplicates + 0 late + 0 refused; January 1990: sum is 1 in the file, 2 by the log'

test('a verification that agrees tells how many numbers it compared', () => {
  const lines = [
    agreeing,
    'temperatures: …',
    'All 288 numbers agree with the log.',
    '5 records read in 0.1 s',
  ]
  assert.deepEqual(readVerification(0, lines), { numbers: 288, difference: null })
})

test('a verification that finds a difference tells the first', () => {
  assert.deepEqual(readVerification(1, [agreeing, differing]), { numbers: 0, difference: differing })
})

test('files of an earlier topic and a broker that is away say nothing of the numbers', () => {
  const other =
    'partition 1: the file belongs to topic id A, temperatures has B now; a running consumer begins that one by itself'
  assert.equal(readVerification(1, [agreeing, other]), undefined)
  assert.equal(readVerification(1, ['127.0.0.1:9092: no broker answered within 30 s']), undefined)
  assert.equal(readVerification(null, []), undefined)
})
