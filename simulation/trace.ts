import { createHash } from 'node:crypto'

/** What happened in a world, a line each, and a hash of it all: the same seed must give the same. */
export class Trace {
  readonly #hash = createHash('sha256')
  readonly #now: () => number
  readonly #limit: number
  /** The last lines, as many as are kept. */
  readonly lines: string[] = []
  count = 0

  /**
   * @param now milliseconds since the world began
   * @param limit how many lines are kept
   */
  constructor(now: () => number, limit: number) {
    this.#now = now
    this.#limit = limit
  }

  note(who: string, what: string): void {
    const line = `${(this.#now() / 1000).toFixed(4).padStart(8)} s  ${who.padEnd(11)} ${what}`
    this.#hash.update(line)
    this.count++
    this.lines.push(line)
    if (this.lines.length >= 2 * this.#limit) this.lines.splice(0, this.#limit)
  }

  /** The last of them, at most so many. */
  last(count: number): string[] {
    return this.lines.slice(-count)
  }

  /** To be asked for once, at the end. */
  digest(): string {
    return this.#hash.digest('hex').slice(0, 16)
  }
}
