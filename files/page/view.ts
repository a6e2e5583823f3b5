import type { Fragments } from './fragments.ts'

/** The fragments in one unit, each with the count of changes at which it changed last. */
export type View = {
  /** Names this state of the page, and this run of its server. */
  version: string
  fragments: ReadonlyMap<string, string>
  /** The names of the fragments that have changed since a version; all of them when it is none of ours. */
  changedSince: (version: string) => string[]
}

/** Fragments as they were rendered last. */
export type ViewStore = {
  /** Puts fragments in place of those of the same name. */
  replace: (fresh: Fragments) => void
  view: () => View
}

/** Makes an empty store. `run` names this run of the server, for versions of another run mean nothing here. */
export function createViewStore(run: string): ViewStore {
  const fragments: Fragments = new Map()
  const changedAt = new Map<string, number>()
  let count = 0
  const replace = (fresh: Fragments) => {
    count++
    for (const [name, markup] of fresh) {
      if (fragments.get(name) === markup) continue
      fragments.set(name, markup)
      changedAt.set(name, count)
    }
  }
  const changedSince = (version: string) => {
    const [ofRun, at] = version.split('-')
    const seen = ofRun === run && /^\d+$/.test(at ?? '') ? Number(at) : -1
    return [...changedAt].filter(([, changed]) => changed > seen).map(([name]) => name)
  }
  return { replace, view: () => ({ version: `${run}-${count}`, fragments, changedSince }) }
}
