/**
 * What a program tells the process that started it, as data: nobody needs to parse what it prints. It goes over Node's
 * channel to a parent, which `processes/child.ts` opens; a user's shell has none.
 */
export type Notice =
  /** dashboard.ts: the page can be opened at this address. */
  | { kind: 'listening'; address: string }
  /** producer.ts: its topic is there, made anew unless it appends. */
  | { kind: 'topic opened'; topic: string; id: string }
  /** producer.ts: it has sent a reading of the files, in so many seconds. */
  | { kind: 'days sent'; days: number; seconds: number }

/** Tells the parent; returns whether there is one that listens. */
export function tellParent(notice: Notice): boolean {
  // A parent that goes away meanwhile has nobody left who would want to know.
  if (process.connected) process.send!(notice, () => {})
  return process.connected === true
}
