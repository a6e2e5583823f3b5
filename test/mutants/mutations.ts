/** A deliberate breakage of the code, and the test that must fail then. */
export type Mutation = {
  /** What is broken, as the table names it. */
  what: string
  path: string
  /** Text that is there once; and what stands there instead. */
  search: string
  replace: string
  test: string
  /** The test's name or a part of it. */
  name: string
  /** Tests inside that one that are not to be run. */
  skip?: string
  needsBroker?: boolean
}

const lib = (name: string) => `files/lib/${name}.ts`
const libTest = (name: string) => `test/lib/${name}.test.ts`
const powerCut = {
  test: 'test/crash-points.test.ts',
  name: 'power cut',
  skip: 'killed|failing|names every crash point',
}

export const mutations: readonly Mutation[] = [
  {
    what: 'the offset is written before the stats, in a write of its own',
    path: lib('engine/owned-partition'),
    search: '  const pieces = owned.application.format(owned.checkpoint)\n',
    replace: `  const before = readIfPresent(owned.path)?.replace(/"offset": ?\\d+/, \`"offset": \${owned.checkpoint.offset}\`)
  if (before) owned.version = replaceFile(owned.path, before)
  const pieces = owned.application.format(owned.checkpoint)\n`,
    ...powerCut,
  },
  {
    what: '`<` for `<=`: the last date counts again',
    path: lib('stats/stats'),
    search: 'if (day <= lastDay) return',
    replace: 'if (day < lastDay) return',
    test: libTest('stats/stats'),
    name: 'addDay ignores a day on or before the last one counted',
  },
  {
    what: '`<` for `<=` in a run of one month',
    path: lib('stats/fold-usual'),
    search: 'if (day <= lastDay || newDelta < from) continue',
    replace: 'if (day < lastDay || newDelta < from) continue',
    test: libTest('stats/fold'),
    name: 'foldBatches does not count a date again',
  },
  {
    what: 'duplicates and late reports are counted',
    path: lib('stats/stats'),
    search: "  if (day <= lastDay) return 'duplicate'\n",
    replace: '',
    test: libTest('stats/stats'),
    name: 'addDay ignores a day on or before the last one counted',
  },
  {
    what: 'the folder is not synced after a rename',
    path: lib('core/replace-file'),
    search: '    if (options.isSynced ?? true) syncFolder(dirname(path))\n',
    replace: '',
    ...powerCut,
  },
  {
    what: 'the file is not synced before the rename',
    path: lib('core/replace-file'),
    search: '    if (isSynced) fsyncSync(file)\n',
    replace: '',
    ...powerCut,
  },
  {
    what: 'files are written in place, without a rename',
    path: lib('core/replace-file'),
    search: 'const temporary = options.temporary ?? ',
    replace: 'const temporary = options.temporary || path || ',
    test: libTest('core/replace-file'),
    name: 'a reader sees a whole old file or a whole new one',
  },
  {
    what: 'a temporary file is left when a write fails',
    path: lib('core/replace-file'),
    search: '    removeQuietly(temporary)\n',
    replace: '',
    test: libTest('core/replace-file'),
    name: 'a disk that is full half-way',
  },
  {
    what: 'a new leader epoch is written after the file that holds its records',
    path: lib('engine/owned-partition'),
    search: `  if (owned.hasNewMemory) {
    writeTopicMemory(owned.memoryPath, owned.memory!, owned.lock.check)
    owned.hasNewMemory = false
  }
  const pieces = owned.application.format(owned.checkpoint)
  owned.version = replaceFile(owned.path, pieces, { beforeRename: () => checkOurs(owned) })
`,
    replace: `  const pieces = owned.application.format(owned.checkpoint)
  owned.version = replaceFile(owned.path, pieces, { beforeRename: () => checkOurs(owned) })
  if (owned.hasNewMemory) {
    writeTopicMemory(owned.memoryPath, owned.memory!, owned.lock.check)
    owned.hasNewMemory = false
  }
`,
    ...powerCut,
  },
  {
    what: 'the topic’s id is written before the old file is archived',
    path: lib('engine/owned-partition'),
    search: '  const line = checkpoint',
    replace:
      '  writeTopicMemory(owned.memoryPath, { topicId, epochs: [] }, owned.lock.check)\n  const line = checkpoint',
    ...powerCut,
  },
  {
    what: 'the archive’s folders are not synced',
    path: lib('engine/archive'),
    search: 'syncFolder(made)',
    replace: 'void made',
    ...powerCut,
  },
  {
    what: 'the old file is not archived',
    path: lib('engine/owned-partition'),
    search: '  archiveFile(owned.path, folder)\n',
    replace: '',
    test: libTest('engine/owned-partition'),
    name: 'adoptTopic archives the file of another topic',
  },
  {
    what: 'what another hand has put there is archived as our own',
    path: lib('engine/owned-partition'),
    search: '  checkOurs(owned)\n  archiveFile(owned.path, folder)\n',
    replace: '  archiveFile(owned.path, folder)\n',
    test: libTest('engine/owned-partition'),
    name: 'adoptTopic throws when the file was changed by another',
  },
  {
    what: 'a temporary file that is the old file under a second name is written into',
    path: lib('core/replace-file'),
    search: '  if (lstatSync(path).isFile()) rmSync(path)\n',
    replace: '',
    test: libTest('core/replace-file'),
    name: 'as a rename by half leaves it',
  },
  {
    what: 'a recreated topic is taken for the old one',
    path: lib('engine/owned-partition'),
    search: 'if (memory?.topicId === topicId) return undefined',
    replace: 'if (memory) return undefined',
    test: 'test/consumer.test.ts',
    name: 'a topic recreated while no consumer runs is begun at 0 as well',
    needsBroker: true,
  },
  {
    what: 'an archived topic is taken for a new one',
    path: lib('engine/owned-partition'),
    search: 'return owned.memory?.topicId !== topicId && isArchived(owned.path, topicId)',
    replace: 'return owned.memory?.topicId === topicId && isArchived(owned.path, topicId)',
    test: libTest('engine/owned-partition'),
    name: 'isOldTopic knows a topic whose results are archived',
  },
  {
    what: 'an offset outside the log jumps to the latest',
    path: lib('engine/keep-partitions'),
    search: "if (fetched.kind === 'out of range') throw outOfRange(kept.owned, options.topicName, fetched)",
    replace: `if (fetched.kind === 'out of range') {
    kept.owned.checkpoint.offset = fetched.logEnd
    kept.endAtStart = fetched.logEnd
    return
  }`,
    test: 'test/consumer.test.ts',
    name: 'an offset past the end of the log stops the consumer',
    needsBroker: true,
  },
  {
    what: 'the epoch of what was read is not sent with a fetch',
    path: lib('engine/keep-partitions'),
    search: 'lastFetchedEpoch: epochAt(memory!.epochs, checkpoint.offset - 1)',
    replace: 'lastFetchedEpoch: -1',
    test: 'test/exactly-once.test.ts',
    name: 'a log that lost counted records and grew again stops the consumer',
    needsBroker: true,
  },
  {
    what: 'epochs of records not counted are remembered',
    path: lib('engine/topic-memory'),
    search: 'return epochs.filter(([, firstOffset]) => firstOffset < offset)',
    replace: 'return [...epochs].filter(([, firstOffset]) => firstOffset <= offset)',
    test: libTest('engine/topic-memory'),
    name: 'epochsBefore leaves out epochs of which nothing was counted',
  },
  {
    what: 'the checksum of a batch is not looked at',
    path: lib('kafka/record-batch'),
    search: 'if (stored !== computed) throw',
    replace: 'if (stored !== computed && bytes.length < 0) throw',
    test: libTest('kafka/record-batch'),
    name: 'a byte changed anywhere under the checksum is found',
  },
  {
    what: 'a record is taken into memory whatever length it has',
    path: lib('kafka/record-batch'),
    search: 'const isExcessive = length > recordBytesMax',
    replace: 'const isExcessive = length > 2 ** 30',
    test: libTest('kafka/record-batch'),
    name: 'a record that is too long is passed over and told',
  },
  {
    what: 'a small batch is decompressed in one go whatever size it has then',
    path: lib('kafka/decompress'),
    search: '{ maxOutputLength: pieceBytesMax }',
    replace: '{}',
    test: libTest('kafka/decompress'),
    name: 'decompress reads what is some kB and makes hundreds of MB',
  },
  {
    what: 'records below the place where the fold stands are counted',
    path: lib('stats/fold-usual'),
    search: 'if (day <= lastDay || newDelta < from) continue',
    replace: 'if (day <= lastDay) continue',
    test: libTest('stats/fold'),
    name: 'foldBatches passes over the records of a batch that begins before the offset',
  },
  {
    what: 'an offset that goes back in the midst of a run is passed',
    path: lib('stats/fold-usual'),
    search: 'newDelta <= delta || ',
    replace: '',
    test: libTest('stats/fold'),
    name: 'damage in the midst of a run',
  },
  {
    what: 'what comes before the offset of a record is not looked at for its end',
    path: lib('stats/fold-usual'),
    search: 'if (head !== key || ',
    replace: 'if (',
    test: 'test/fuzz-batches.test.ts',
    name: 'a damaged batch between good ones is refused whole',
  },
  {
    what: 'a run of one partition goes on in another',
    path: lib('stats/fold-usual'),
    search: 'if (run.checkpoint === checkpoint) foldRun',
    replace: 'if (run.checkpoint) foldRun',
    test: libTest('stats/fold'),
    name: 'records fold alike one to a batch and many',
  },
  {
    what: 'the result of a fold that broke off is written',
    path: lib('stats/checkpoint'),
    search: '  expectWhole(checkpoint)\n',
    replace: '',
    test: libTest('stats/fold'),
    name: 'damage in the midst of a run',
  },
  {
    what: 'records of aborted transactions are counted',
    path: lib('kafka/read-committed'),
    search: "aborting.has(header.producerId) ? 'aborted' : 'visible'",
    replace: "'visible'",
    test: libTest('stats/fold'),
    name: 'foldBatches passes the records of aborted transactions',
  },
  {
    what: 'a producer stays aborted after the marker',
    path: lib('kafka/read-committed'),
    search: 'if (readMarker(bytes, header) === abortMarker) aborting',
    replace: 'if (bytes.length < 0) aborting',
    test: libTest('kafka/read-committed'),
    name: 'producers that interleave',
  },
  {
    what: 'the marker of a commit ends an aborted transaction, as does any other',
    path: lib('kafka/read-committed'),
    search: 'if (readMarker(bytes, header) === abortMarker) aborting',
    replace: 'aborting',
    test: libTest('kafka/read-committed'),
    name: 'only the marker of an abort ends it',
  },
  {
    what: 'markers of transactions are counted as records',
    path: lib('stats/fold'),
    search: "if (visibility === 'visible') foldRecords",
    replace: "if (visibility !== 'aborted') foldRecords",
    test: libTest('stats/fold'),
    name: 'foldBatches passes offsets without records',
  },
  {
    what: 'records after a refused one are not counted',
    path: lib('stats/fold'),
    search: '    if (refusal) onRefused(reader.offset, refusal)\n',
    replace:
      '    if (refusal) onRefused(reader.offset, refusal)\n    while (refusal && nextRecord(reader));\n',
    test: 'test/fuzz-batches.test.ts',
    name: 'good records are counted whatever stands between them',
  },
  {
    what: 'foreign text comes to the terminal as it is',
    path: lib('core/program'),
    search: 'printable(error.message)',
    replace: 'error.message',
    test: libTest('core/program'),
    name: 'foreign text in a message does not act on the terminal',
  },
  {
    what: 'a key that is not the month of the date is taken',
    path: lib('weather/report'),
    search: 'if (keyStart >= 0 && isMonthName',
    replace: 'if (keyStart >= 0 || isMonthName',
    test: libTest('weather/report'),
    name: 'a refusal says what is wrong',
  },
  {
    what: 'degrees that are no number are taken',
    path: lib('weather/report'),
    search: 'if (!Number.isFinite(into.degrees)) return',
    replace: 'if (bytes.length < 0) return',
    test: 'test/fuzz-batches.test.ts',
    name: 'good records are counted whatever stands between them',
  },
  {
    what: 'a sum may become infinite',
    path: lib('stats/stats'),
    search: "  if (!Number.isFinite(sum)) return 'overflow'\n",
    replace: '',
    test: libTest('stats/stats'),
    name: 'addDay does not count a day that makes the sum infinite',
  },
  {
    what: 'each fourth year is a leap year',
    path: lib('weather/calendar'),
    search: ' && (year % 100 !== 0 || year % 400 === 0)',
    replace: '',
    test: libTest('weather/calendar'),
    name: 'years have the days that the rule of the Gregorian calendar gives them',
  },
  {
    what: 'the lock is not taken',
    path: lib('engine/partition-lock'),
    search: '; BEGIN EXCLUSIVE',
    replace: '',
    test: libTest('engine/partition-lock'),
    name: 'a second holder is refused, naming process and host of the first',
  },
  {
    what: 'garbage collection gives the lock away',
    path: lib('engine/partition-lock'),
    search: '  held.add(database)\n',
    replace: '',
    test: libTest('engine/partition-lock'),
    name: 'garbage collection does not give the lock away',
  },
  {
    what: 'a file or lock that another replaced is written over',
    path: lib('engine/owned-partition'),
    search: 'pieces, { beforeRename: () => checkOurs(owned) })',
    replace: 'pieces)\n  if (!owned.lock) checkOurs(owned)',
    test: libTest('engine/owned-partition'),
    name: 'writePartition throws when the file was changed by another',
  },
  {
    what: 'an average that is not sum / count is taken from a file',
    path: lib('stats/parse-checkpoint'),
    search: 'if (avg !== sum / count)',
    replace: 'if (avg === undefined)',
    test: libTest('stats/parse-checkpoint'),
    name: 'an average of something else',
  },
  {
    what: 'what was folded and not yet written is forgotten at the end',
    path: lib('engine/keep-partitions'),
    search:
      '  for (const kept of all) if (kept.unwrittenSince < Number.POSITIVE_INFINITY) pace.write(kept)\n',
    replace: '',
    test: libTest('engine/keep-partitions'),
    name: 'a consumer that is stopped writes what it has folded',
  },
  {
    what: 'what was folded and not yet written is missing in the archive',
    path: lib('engine/keep-partitions'),
    search: '    if (kept.unwrittenSince < Number.POSITIVE_INFINITY) writePartition(kept.owned)\n',
    replace: '',
    test: libTest('engine/keep-partitions'),
    name: 'the archive has what was folded when the topic was recreated',
  },
  {
    what: 'verify does not look at the sums',
    path: lib('verify/compare-file'),
    search: 'found[field] !== stats[field]',
    replace: "field !== 'sum' && field !== 'avg' && found[field] !== stats[field]",
    test: 'test/verify.test.ts',
    name: 'names the first difference when',
    needsBroker: true,
  },
  {
    what: 'the producer does not wait for all replicas',
    path: 'files/producer.ts',
    search: 'acks: ProduceAcks.ALL',
    replace: 'acks: ProduceAcks.LEADER',
    test: 'test/producer.test.ts',
    name: 'producer.ts says literally that all replicas acknowledge',
    needsBroker: true,
  },
  {
    what: 'a leader of before is asked for what a later one counted',
    path: lib('kafka/partition-reader'),
    search: 'found.leaderEpoch < position.leaderEpoch && brokers > 1',
    replace: 'found.leaderEpoch < -1 && brokers > 1',
    test: libTest('kafka/partition-reader'),
    name: 'a leader of before is not taken from a broker that is behind',
    needsBroker: true,
  },
  {
    what: 'verify takes a broker that is behind at its word',
    path: lib('verify/verify-notes'),
    search: 'if (newest <= leaderEpoch) return undefined',
    replace: 'if (newest <= 1000) return undefined',
    test: 'test/verify.test.ts',
    name: 'verify.ts accuses no file by a broker that knows less of the log than was counted',
    needsBroker: true,
  },
  {
    what: 'the first broker of the list is asked, however little it knows',
    path: lib('topic/ask-best-broker'),
    search: 'rank(a) - rank(b) || ',
    replace: '',
    test: libTest('topic/ask-best-broker'),
    name: 'a client asks another broker than one that hangs',
    needsBroker: true,
  },
  {
    what: 'a broker counts as good whatever it knows of the leaders',
    path: lib('topic/survey'),
    search: '(sum, { leaderEpoch }) => sum + leaderEpoch, 0',
    replace: '(sum) => sum, 0',
    test: 'test/cut-off.test.ts',
    name: 'a broker cut off from the others',
    needsBroker: true,
  },
  {
    what: 'a leader is believed by the first broker that names one',
    path: lib('kafka/cluster'),
    search: 'found.leaderEpoch > partition.leaderEpoch ? found : partition',
    replace: 'found.leaderEpoch > 1e9 ? found : partition',
    test: libTest('kafka/cluster'),
    name: 'of brokers that know the same topic, each partition has the newest leader',
    needsBroker: true,
  },
  {
    what: 'a reader that hears nothing does not look who leads',
    path: lib('kafka/partition-reader'),
    search: 'const checkMs = 5000',
    replace: 'const checkMs = 1e9',
    test: 'test/cut-off.test.ts',
    name: 'a broker cut off from the others',
    needsBroker: true,
  },
  {
    what: 'debug prints what the stream brings twice',
    path: lib('debug/record-stream'),
    search: 'if (offset < (positions.get(partition) ?? 0n)) continue',
    replace: '',
    test: libTest('debug/record-stream'),
    name: 'handOn hands on each record once',
  },
  {
    what: 'missing days within a run are not noted',
    path: lib('stats/fold-usual'),
    search: 'else noteMissingDays(table, year, lastDay, day)',
    replace: 'else noteMissingDays(emptyMonthTable(), year, lastDay, day)',
    test: 'test/fuzz-batches.test.ts',
    name: 'good records are counted whatever stands between them',
  },
  {
    what: 'missing days are kept only with the next leader epoch',
    path: lib('engine/owned-partition'),
    search: '    owned.memory!.supplement = supplement\n    owned.hasNewMemory = true\n',
    replace: '    owned.memory!.supplement = supplement\n',
    test: libTest('engine/owned-partition'),
    name: 'writePartition writes which days are missing before the file that misses them',
  },
  {
    what: 'missing days are believed whatever their number',
    path: lib('stats/missing-days'),
    search: 'if (countBits(bits) !== missingWithin(table, year)) return undefined',
    replace: '',
    test: libTest('stats/missing-days'),
    name: 'without what was kept, or with less of it',
  },
  {
    what: 'the newest day is sent while it is not over',
    path: lib('observations/days'),
    search: 'if (last < dayNumber(today)) return undefined',
    replace: 'if (last < dayNumber(newest)) return undefined',
    test: libTest('observations/days'),
    name: 'the newest day is held back while it is not over',
  },
]

/** The table of all breakages for docs/proof.md. */
export function mutationTable(): string {
  const rows = mutations.map(
    ({ what, path, test, name }) => `| ${what} | \`${path}\` | \`${test}\`: ${name} |`,
  )
  return ['| what is broken | in | the test that fails |', '| --- | --- | --- |', ...rows].join('\n')
}
