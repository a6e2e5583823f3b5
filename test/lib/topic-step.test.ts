import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ReaderPosition, ReaderState } from '../../files/lib/reader-state.ts'
import { takeLeaders } from '../../files/lib/topic-step.ts'

const [former, next] = [9092, 9093].map((port) => ({ host: 'kafka', port }))

/** A reader's state, as far as leaders matter, in which it has tried so long that it tells what it waits for. */
function stateOf(...positions: Partial<ReaderPosition>[]) {
  const said: string[] = []
  const state = {
    ...{ topicName: 'days', topicId: 'A', pauseMs: 1000, waitingFor: '', needsMetadata: true },
    say: (line: string) => said.push(line),
    positions: new Map(positions.map((position, i) => [i, { partition: i, ...position } as ReaderPosition])),
    troubles: new Map([['kafka:9093', { since: 0, pauseMs: 0, isPausing: false }]]),
  }
  return { state: state as unknown as ReaderState, said, positions: state.positions }
}

/** What a broker answers: who leads each partition, in which epoch. */
function answer(brokers: number, ...epochs: number[]) {
  return { id: 'A', brokers, partitions: epochs.map((leaderEpoch) => ({ leader: former, leaderEpoch })) }
}

test('no leader of before is taken from a broker that is behind, and all that is waited for is said once', () => {
  const waiting = { leader: undefined, leaderEpoch: 3, needsLeader: true }
  const { state, said, positions } = stateOf(waiting, { ...waiting, leaderEpoch: 1 }, waiting)
  for (let i = 0; i < 3; i++) takeLeaders(state, answer(3, 2, 1, 0))
  assert.deepEqual(
    [...positions.values()].map(({ leader, leaderEpoch, needsLeader }) => [leader, leaderEpoch, needsLeader]),
    [
      [undefined, 3, true],
      [former, 1, false],
      [undefined, 3, true],
    ],
  )
  assert.equal(state.needsMetadata, true)
  assert.equal(said.length, 1)
  assert.match(
    said[0]!,
    /leader epoch 3 of days\/0, as has been seen; found 2\. .*`consumer\.ts 0 --rebuild`.*\n.*days\/2/,
  )
})

test('a partition that is being read stays with its leader when a broker that is behind answers', () => {
  const { state, said, positions } = stateOf({ leader: next, leaderEpoch: 3, needsLeader: false })
  takeLeaders(state, answer(3, 2))
  assert.deepEqual(positions.get(0)!.leader, next)
  assert.equal(positions.get(0)!.needsLeader, false)
  assert.equal(state.needsMetadata, false)
  assert.deepEqual([said, [...state.troubles.keys()]], [[], ['kafka:9093']])
})

test('a partition that has no leader is waited for, also when a broker that is behind answers next', () => {
  const { state, positions } = stateOf({ leader: next, leaderEpoch: 2, needsLeader: true })
  takeLeaders(state, { id: 'A', brokers: 3, partitions: [{ leader: undefined, leaderEpoch: 3 }] })
  assert.equal(positions.get(0)!.leader, undefined)
  takeLeaders(state, answer(3, 2))
  assert.equal(positions.get(0)!.leader, undefined)
  assert.equal(state.needsMetadata, true)
})

test('the only broker is believed, whatever was seen before: nobody knows more', () => {
  const { state, said, positions } = stateOf({ leader: next, leaderEpoch: 3, needsLeader: true })
  takeLeaders(state, answer(1, 0))
  assert.deepEqual([positions.get(0)!.leader, positions.get(0)!.leaderEpoch], [former, 0])
  assert.deepEqual([said, [...state.troubles.keys()]], [[], []])
})
