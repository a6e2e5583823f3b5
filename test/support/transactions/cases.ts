import type { SentRecord, Step } from './steps.ts'
import { abort, begin, commit, flush, open, plain, report, send, sendMany, transaction } from './steps.ts'

/** Steps by which transactions make a log that a reader may take for another. */
export type Case = {
  name: string
  /** Of the topic, where it matters: of the log's segments, in bytes. */
  segmentBytes?: number
  steps: Step[]
}

/** 40 MB in all, which is more than a client fetches at a time. */
const bulky: SentRecord = report('2001-01-02', 999, ['padding', Buffer.alloc(10_000)])
const [bulkyTimes, bulkyFlushes] = [400, 10]

function sendBulk(producer: string, flushes = bulkyFlushes): Step[] {
  return Array.from({ length: flushes }, () => [
    sendMany(producer, bulky, bulkyTimes),
    flush(producer),
  ]).flat()
}

export const cases: readonly Case[] = [
  {
    name: 'two days aborted, then committed',
    steps: [
      ...plain(report('2001-01-01', 40)),
      ...transaction('a', 'abort', report('2001-01-02', 999), report('2001-01-03', 999)),
      ...transaction('a', 'commit', report('2001-01-02', 41), report('2001-01-03', 42)),
    ],
  },
  {
    name: 'aborts and commits of one producer in turn',
    steps: [
      ...transaction('a', 'abort', report('2001-01-01', 999)),
      ...transaction('a', 'commit', report('2001-01-01', 1)),
      ...transaction('a', 'abort', report('2001-01-02', 999), report('2001-01-03', 999)),
      ...transaction('a', 'abort', report('2001-01-02', 999)),
      ...transaction('a', 'commit', report('2001-01-02', 2)),
      ...transaction('a', 'abort', report('2001-01-03', 999)),
      ...transaction('a', 'commit', report('2001-01-03', 3)),
    ],
  },
  {
    name: 'an abort while a part is sent and a part is not',
    steps: [
      begin('a'),
      ...send('a', report('2001-01-01', 999), report('2001-01-02', 999)),
      flush('a'),
      ...send('a', report('2001-01-03', 999)),
      flush('a'),
      ...send('a', report('2001-01-04', 999), report('2001-01-05', 999)),
      abort('a'),
      ...transaction('a', 'commit', report('2001-01-01', 1), report('2001-01-04', 4)),
    ],
  },
  {
    name: 'logs that end with the marker of a commit or of an abort, and logs of nothing but an abort',
    steps: [
      ...transaction('a', 'commit', report('2001-01-01', 1), report('2001-03-01', 3)),
      ...transaction('a', 'abort', report('2001-05-01', 999), report('2001-03-02', 999)),
      ...transaction('b', 'abort', report('2001-02-01', 999), report('2001-03-02', 999)),
    ],
  },
  {
    name: 'three producers interleaved',
    steps: [
      ...[begin('a'), begin('b'), begin('c')],
      ...[...send('a', report('2001-01-01', 1)), flush('a')],
      ...[...send('b', report('2001-01-02', 999)), flush('b')],
      ...plain(report('2001-01-03', 3)),
      ...[...send('c', report('2001-01-04', 4)), flush('c')],
      ...[...send('b', report('2001-01-05', 999), report('2001-04-01', 999)), flush('b')],
      ...[...send('a', report('2001-01-05', 5)), flush('a')],
      commit('a'),
      ...[...send('c', report('2001-01-06', 6)), flush('c')],
      abort('b'),
      ...[...send('c', report('2001-01-07', 7)), flush('c')],
      commit('c'),
      ...plain(report('2001-01-08', 8)),
    ],
  },
  {
    name: 'an aborted transaction that overlaps a committed one, begun before it and ended after it',
    steps: [
      ...[begin('a'), ...send('a', report('2001-01-01', 999)), flush('a')],
      ...[begin('b'), ...send('b', report('2001-01-01', 1)), flush('b')],
      ...[...send('a', report('2001-01-02', 999)), flush('a')],
      ...[...send('b', report('2001-01-02', 2)), commit('b')],
      ...[...send('a', report('2001-01-03', 999)), abort('a')],
      ...transaction('b', 'commit', report('2001-01-03', 3)),
    ],
  },
  {
    name: 'aborts in another order than their transactions began',
    steps: [
      ...[begin('a'), ...send('a', report('2001-01-01', 999)), flush('a')],
      ...[begin('b'), ...send('b', report('2001-01-02', 999)), flush('b')],
      ...[begin('c'), ...send('c', report('2001-01-01', 1)), flush('c')],
      ...plain(report('2001-01-02', 2)),
      abort('b'),
      ...[...send('a', report('2001-01-03', 999)), flush('a')],
      commit('c'),
      ...transaction('b', 'commit', report('2001-01-03', 3)),
      abort('a'),
      ...plain(report('2001-01-04', 4)),
    ],
  },
  {
    name: 'a transaction left open, with records after it',
    steps: [
      ...plain(report('2001-01-01', 1), report('2001-03-01', 3)),
      ...transaction('a', 'abort', report('2001-01-02', 999)),
      ...[begin('b'), ...send('b', report('2001-01-02', 2)), flush('b')],
      ...transaction('a', 'commit', report('2001-01-03', 3), report('2001-03-02', 4)),
      ...plain(report('2001-01-04', 4)),
    ],
  },
  {
    name: 'a transaction that the successor of its killed producer aborts',
    steps: [
      ...[begin('a'), ...send('a', report('2001-01-01', 999), report('2001-03-01', 999)), flush('a')],
      ...plain(report('2001-01-01', 1)),
      open('a'),
      ...transaction('a', 'commit', report('2001-01-02', 2), report('2001-03-01', 3)),
    ],
  },
  {
    name: 'transactions over all partitions, compressed',
    steps: [
      open('a', 'gzip'),
      open('b', 'lz4'),
      ...transaction('a', 'abort', ...twoDaysEach(999)),
      ...transaction('b', 'commit', ...twoDaysEach(1)),
      ...transaction('a', 'commit', ...twoDaysEach(2)),
      ...transaction('b', 'abort', ...twoDaysEach(999)),
    ],
  },
  {
    name: 'aborted records that are no reports',
    steps: [
      ...transaction(
        'a',
        'abort',
        ...[
          { partition: 2, key: 'January', value: Buffer.from('no report') },
          { ...report('2001-01-01', 999), key: 'June' },
          { partition: 2, key: 'January', value: report('2001-02-30', 999).value },
          report('2001-01-01', Number.NaN),
        ],
      ),
      ...plain(report('2001-01-01', 1)),
    ],
  },
  {
    name: 'an aborted range that takes many fetches, and a committed one after it',
    steps: [
      ...plain(report('2001-01-01', 1)),
      begin('a'),
      ...sendBulk('a'),
      abort('a'),
      ...transaction('a', 'commit', report('2001-01-02', 2), report('2001-01-03', 3)),
    ],
  },
  {
    name: 'aborted ranges over many segments, with commits and aborts of others within',
    segmentBytes: 1 << 20,
    steps: [
      ...plain(report('2001-01-01', 1)),
      begin('a'),
      ...sendBulk('a', 1),
      ...transaction('b', 'commit', report('2001-01-02', 2)),
      begin('c'),
      ...sendBulk('c', 1),
      ...transaction('b', 'abort', report('2001-01-03', 999)),
      ...sendBulk('a', 1),
      abort('c'),
      ...plain(report('2001-01-03', 3)),
      ...sendBulk('a', 1),
      ...transaction('b', 'commit', report('2001-01-04', 4)),
      abort('a'),
      ...plain(report('2001-01-05', 5)),
    ],
  },
]

/** Two days in each of the four partitions. */
function twoDaysEach(degrees: number): SentRecord[] {
  return ['01-01', '02-01', '03-01', '05-01', '01-02', '02-02', '03-02', '05-02'].map((day) =>
    report(`2001-${day}`, degrees),
  )
}
