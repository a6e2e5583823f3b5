/** What happens first at the same time: as in Node's event loop, timers, then input, then immediates. */
export const phases = { timer: 0, input: 1, immediate: 2 } as const

/** Whose code the clock runs: a process. */
export type Owner = {
  readonly hasEnded: boolean
  /** Until when it cannot take anything. */
  readonly busyUntil: number
  /** Runs a part of it. */
  take: (run: () => void) => void
  /** Called once all that followed from that is done. */
  endTurn: () => void
}

/** Something that will happen, unless it is cancelled. */
export type Scheduled = {
  /** When it happens: later than it is due when its process is busy then. Milliseconds since the world began. */
  at: number
  readonly due: number
  readonly phase: number
  /** Of two that are alike in all else, the one scheduled first comes first. */
  readonly order: number
  /** Whose code it runs; undefined for the world's own. */
  readonly owner: Owner | undefined
  readonly run: () => void
  isCancelled: boolean
}

/**
 * The world's time: it stands still while anything runs, and then jumps to whatever happens next. All that happens does so
 * one after the other, in an order that depends on nothing outside of the world.
 */
export class Clock {
  /** Milliseconds since the world began. */
  now = 0
  #order = 0
  readonly #heap: Scheduled[] = []

  /** Has something happen after a delay in milliseconds. */
  after(delayMs: number, run: () => void, owner?: Owner, phase: number = phases.input): Scheduled {
    const at = this.now + Math.max(delayMs, 0)
    const scheduled = { at, due: at, phase, order: this.#order++, owner, run, isCancelled: false }
    this.#push(scheduled)
    return scheduled
  }

  /** Lets time go on until `isOver`, or until nothing is left to happen. */
  async run(isOver: () => boolean): Promise<void> {
    while (!isOver()) {
      const next = this.#pop()
      if (!next) return
      const { owner } = next
      if (next.isCancelled || owner?.hasEnded) continue
      if (owner && owner.busyUntil > next.at) {
        next.at = owner.busyUntil
        this.#push(next)
        continue
      }
      this.now = next.at
      if (!owner) next.run()
      else {
        owner.take(next.run)
        // All that follows from it, to the last promise, belongs to the same moment and the same process.
        await turnOfTheEventLoop()
        owner.endTurn()
      }
    }
  }

  #push(scheduled: Scheduled): void {
    const heap = this.#heap
    let at = heap.push(scheduled) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!isBefore(scheduled, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = scheduled
  }

  #pop(): Scheduled | undefined {
    const heap = this.#heap
    const first = heap[0]
    const last = heap.pop()
    if (heap.length === 0 || !last) return first
    let at = 0
    for (;;) {
      let child = at * 2 + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return (a.at - b.at || a.phase - b.phase || a.due - b.due || a.order - b.order) < 0
}

function turnOfTheEventLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
