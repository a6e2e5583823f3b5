/** How far a partition's file is behind, as a time. */
export type Lag = {
  ms: number
  /** Whether it is longer: we have not been looking long enough to tell by how much. */
  isAtLeast: boolean
}

/**
 * Measures the lag of one partition in time: how long ago the topic's end passed the offset that the file has reached,
 * which is the age of the oldest record not counted. It is what was seen and no guess: the records' own times are not
 * known here, and dividing by the rate would tell how long it will take, which is another thing.
 */
export type LagClock = {
  /** Notes the end offset and says how far behind it an offset is. `now` in milliseconds since 1970. */
  measure: (offset: number, endOffset: number, now: number) => Lag
}

const samplesMax = 1000

export function createLagClock(): LagClock {
  let samples: { endOffset: number; at: number }[] = []
  let [hasBeenAtEnd, lastEnd] = [false, 0]
  return {
    measure: (offset, endOffset, now) => {
      // The topic was recreated, or another file was put in place: what was seen before tells nothing.
      if (endOffset < lastEnd) [samples, hasBeenAtEnd] = [[], false]
      lastEnd = endOffset
      if (endOffset > (samples.at(-1)?.endOffset ?? offset)) samples.push({ endOffset, at: now })
      const first = samples.findIndex((sample) => sample.endOffset > offset)
      if (first !== 0) hasBeenAtEnd = true
      samples = first < 0 ? [] : samples.slice(first)
      // Every second one is dropped: the times become coarser, the memory stays.
      if (samples.length > samplesMax) samples = samples.filter((_, index) => index % 2 === 0)
      const oldest = samples[0]
      return oldest
        ? { ms: Math.max(now - oldest.at, 0), isAtLeast: !hasBeenAtEnd }
        : { ms: 0, isAtLeast: false }
    },
  }
}
