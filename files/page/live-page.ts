import { randomUUID } from 'node:crypto'
import { agreedSource } from '../lib/results/folder-source.ts'
import { mergeCheckpoints } from '../lib/results/month-averages.ts'
import type { Years } from '../lib/weather/source.ts'
import { readChaos } from './chaos-line.ts'
import { type Climate, describeClimate } from './climate.ts'
import { coalesce } from './coalesce.ts'
import { type StatusNotes, statsFragments, statusFragments } from './fragments.ts'
import type { LogAccess } from './log-access.ts'
import { readProof } from './proof-line.ts'
import { createReadings, type Reading, type Readings } from './readings.ts'
import type { Unit } from './unit.ts'
import { createViewStore, type View, type ViewStore } from './view.ts'
import { watchFolder } from './watch-folder.ts'

/** The page as it is now, kept up to date from a folder. */
export type LivePage = {
  readings: readonly Reading[]
  climate: () => Climate
  /** Changes with the partition files. */
  statsVersion: () => string
  /** The page's fragments in a unit, as they are now. */
  view: (unit: Unit) => View
  close: () => void
}

/** What was read last, and how often the partition files have changed. */
type Latest = { climate: Climate; count: number }

/**
 * Begins to keep the page.
 *
 * @param period whose normals are shown, if any
 * @param log says whether the log can be read, which is looked at each second
 * @param onChange called when files have changed, and each second, since ages grow without any
 */
export function openLivePage(
  folder: string,
  period: Years | undefined,
  log: LogAccess,
  onChange: () => void,
): LivePage {
  const run = randomUUID().slice(0, 8)
  const readings = createReadings(folder)
  const latest: Latest = { climate: describeClimate(new Map(), { period }), count: 0 }
  readAgain(readings, latest, period)
  const work = coalesce(() => {
    readAgain(readings, latest, period)
    log.look()
    onChange()
  })
  const watch = watchFolder(folder, work.request)
  return {
    readings: readings.all,
    climate: () => latest.climate,
    statsVersion: () => `${run}-${latest.count}`,
    view: createViews(run, readings.all, latest, () => ({
      chaos: readChaos(folder, Date.now()),
      proof: readProof(folder),
      logAbsence: log.absence(),
    })),
    close: () => {
      watch.close()
      work.close()
    },
  }
}

function readAgain(readings: Readings, latest: Latest, period: Years | undefined): void {
  if (!readings.update()) return
  const checkpoints = readings.all.flatMap(({ checkpoint }) => checkpoint ?? [])
  const source = agreedSource(readings.all.filter(({ counted }) => counted > 0).map(({ memory }) => memory))
  latest.climate = describeClimate(mergeCheckpoints(checkpoints), { source, period })
  latest.count++
}

/** Renders a view when it is asked for: a unit in which nobody looks costs nothing. */
function createViews(
  run: string,
  readings: readonly Reading[],
  latest: Latest,
  notes: () => StatusNotes,
): LivePage['view'] {
  const stores = new Map<Unit, { store: ViewStore; count: number }>()
  return (unit) => {
    const kept = stores.get(unit) ?? { store: createViewStore(run), count: -1 }
    stores.set(unit, kept)
    if (kept.count !== latest.count) kept.store.replace(freshStats(latest.climate, unit, kept.store.view()))
    kept.count = latest.count
    kept.store.replace(statusFragments(readings, latest.climate, Date.now(), notes()))
    return kept.store.view()
  }
}

/** A decade that is gone (the topic was recreated) stays as an empty one, so that readers empty theirs. */
function freshStats(climate: Climate, unit: Unit, before: View) {
  const fresh = statsFragments(climate, unit)
  for (const name of before.fragments.keys())
    if (/^table-\d+$/.test(name) && !fresh.has(name)) fresh.set(name, '')
  return fresh
}
