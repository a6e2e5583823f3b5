import { OperatingError } from '../core/program.ts'
import type { KeptPartition } from '../engine/kept-partition.ts'
import type { OwnedPartition } from '../engine/owned-partition.ts'
import { writeTopicMemory } from '../engine/topic-memory.ts'
import { NetworkError } from '../kafka/network-error.ts'
import type { FirstRecord } from '../topic/log-source.ts'
import type { Source } from '../weather/source.ts'

/** Notes beside the partition files where their topic's days come from. */
export type SourceKeeper = {
  /** To be called each second; reads the log at most once a topic. */
  tick: () => void
  /** Notes what can be noted now. */
  settle: () => Promise<void>
}

/**
 * Keeps the source of each partition's topic in its memory: for the page and the chart, which ask no broker.
 *
 * Apart from fetching and folding: it looks when a partition has passed its first record and nothing is noted yet.
 *
 * @param lookUp reads what the first records of the topic with that id say; undefined when that is not to be had now
 */
export function keepSources(
  all: readonly KeptPartition[],
  lookUp: (topicId: string) => Promise<FirstRecord | undefined>,
): SourceKeeper {
  const looked = new Set<string>()
  let reading: Promise<void> | undefined
  let failure: unknown
  const look = async () => {
    const topicId = all.find((kept) => isWanted(kept, looked))?.owned.memory?.topicId ?? ''
    const first = topicId && (await lookUp(topicId).catch(passFault))
    if (first) looked.add(topicId)
    for (const { owned } of all) if (first) note(owned, topicId, first.source)
  }
  const end = (error?: unknown) => {
    failure = error
    reading = undefined
  }
  const tick = () => {
    if (failure) throw failure
    reading ??= look().then(end, end)
  }
  const settle = async () => {
    await reading
    tick()
    await reading
    if (failure) throw failure
  }
  return { tick, settle }
}

function isWanted({ owned: { checkpoint, memory } }: KeptPartition, looked: ReadonlySet<string>): boolean {
  return checkpoint.offset > 0 && memory !== undefined && !memory.source && !looked.has(memory.topicId)
}

function note(owned: OwnedPartition, topicId: string, source: Source | undefined): void {
  if (!source || owned.memory?.topicId !== topicId) return
  owned.memory.source = source
  writeTopicMemory(owned.memoryPath, owned.memory, owned.lock.check)
}

/** What passes is tried again; what does not leaves the source unknown, for the counting does not hang on a name. */
function passFault(error: unknown): FirstRecord | undefined {
  if (error instanceof NetworkError) return undefined
  if (error instanceof OperatingError) return { source: undefined }
  throw error
}
