import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createTopic, fillTopic, lastYear, recordsOfYears } from './fill.ts'
import { catchUp } from './our-programs.ts'
import { type Measured, timeRow } from './report-table.ts'
import { median, takeTurns } from './rounds.ts'
import type { Setup } from './setup.ts'

/** A topic of so many years from year 1 on, and partition files that have folded them. */
export type History = {
  name: string
  topic: string
  topicId: string
  folder: string
  /** The date to send next; moved on by whoever sends. */
  nextDate: string
}

/** Makes a topic with a history of so many years, perhaps none, and partition files of it. */
export async function makeHistory(setup: Setup, years: number): Promise<History> {
  const topic = `history-${years}`
  const topicId = await createTopic(setup, topic)
  await fillTopic(setup, topic, '0001-01-01', recordsOfYears(1, years))
  const folder = await setup.makeFolder(topic)
  await catchUp(setup, topic, folder)
  const name = years === 0 ? 'empty history' : `${years} years`
  return { name, topic, topicId, folder, nextDate: `${String(years + 1).padStart(4, '0')}-01-01` }
}

/**
 * Measures the same records, of the years that are left, folded onto a long history and onto none.
 *
 * @param long its date to send next is in the last millennia; both topics then hold the years up to 9998
 * @param none neither its topic nor its files hold a record
 */
export async function measureAppend(
  setup: Setup,
  long: History,
  none: History,
  rounds: number,
): Promise<Measured> {
  await catchUp(setup, long.topic, long.folder)
  const from = nextYear(long.nextDate)
  const recordCount = recordsOfYears(Number(from.slice(0, 4)), lastYear)
  for (const { topic } of [long, none]) await fillTopic(setup, topic, from, recordCount)
  const onto = (history: History) => appendTo(setup, history)
  const taken = await takeTurns(rounds, { long: () => onto(long), none: () => onto(none) })
  const what = `${(recordCount / 1e6).toFixed(1)} M records folded`
  return {
    rows: [
      timeRow(
        `${what}: time onto ${long.name} ÷ onto none`,
        median(taken.long),
        median(taken.none),
        [1.3, 1.1],
      ),
    ],
    raw: [
      { what: `${what} onto ${long.name}`, unit: 'ms', values: taken.long },
      { what: `${what} onto none`, unit: 'ms', values: taken.none },
    ],
  }
}

/** Folds what a history's files lack, into a copy of them; resolves with the milliseconds it took. */
async function appendTo(setup: Setup, { topic, folder }: History): Promise<number> {
  const copy = join(setup.folder, 'append')
  await rm(copy, { recursive: true, force: true })
  await cp(folder, copy, { recursive: true })
  return (await catchUp(setup, topic, copy)).foldMs
}

function nextYear(date: string): string {
  return `${String(Number(date.slice(0, 4)) + 1).padStart(4, '0')}-01-01`
}
