import { setTimeout as sleep } from 'node:timers/promises'
import type { Kind } from './kinds.ts'
import type { Keeper, Life } from './program-keeper.ts'
import type { Trouble } from './relay.ts'
import type { Fault, Lane, Program } from './schedule.ts'
import type { Site } from './site.ts'

/** How often each kind was inflicted, and how many killed consumers had written a file since their start. */
export type Tally = { done: Map<Kind, number>; killedAfterWrite: number }

// On a busy machine a broker may take 20 s to start, and be killed again before anybody has sent something.
const hitDeadlineMs = 300_000
const stopGraceMs = 15_000
const workDeadlineMs = 20_000

/** Inflicts a lane's faults, one after the other. */
export async function inflictAll(
  site: Site,
  lane: Lane,
  faults: readonly Fault[],
  tally: Tally,
): Promise<void> {
  let endedAt = Date.now()
  for (const fault of faults) {
    if (lane === 'network') await troubleNetwork(site, fault)
    else if (lane === 'broker') await troubleBroker(site, fault, endedAt)
    else await troubleProgram(site, lane, fault, tally)
    tally.done.set(fault.kind, (tally.done.get(fault.kind) ?? 0) + 1)
    endedAt = Date.now()
  }
}

/** Throws when the site is closed, or has failed already: what is under way ends then. */
async function pause(site: Site, ms: number): Promise<void> {
  if (site.failures.length > 0) throw new Error('It went no further.')
  await sleep(ms, undefined, { signal: site.closed })
}

async function troubleProgram(site: Site, name: Program, fault: Fault, tally: Tally): Promise<void> {
  const { kind, forMs } = fault
  const keeper = site.programs[name]
  const partitions = name === 'producer' ? [] : name.split(' ').slice(1).map(Number)
  const workedAt = () =>
    name === 'producer' ? site.acknowledged.at() : Math.max(...partitions.map(site.watch.changedAt))
  const life = await runningFor(site, keeper, fault, workedAt)
  const { child, startedAt } = life
  site.note(`${kind}: ${name}, pid ${child.pid}, ${Date.now() - startedAt} ms after its start`)
  if (kind.startsWith('kill')) {
    if (name !== 'producer' && workedAt() > startedAt) tally.killedAfterWrite++
    keeper.expectEnd()
    await child.kill()
  } else if (kind.startsWith('freeze')) {
    await freeze(site, life, child.pid, forMs)
  } else if (kind.startsWith('clock')) {
    if (!life.hasEnded) process.kill(child.pid, 'SIGUSR2')
  } else {
    keeper.expectEnd()
    const { code, signal } = await child.stop(stopGraceMs)
    if (code !== 0 && signal !== 'SIGTERM')
      site.failures.push(`${name} did not stop well at SIGTERM: exit code ${code}, signal ${signal}`)
  }
}

/** A process that has run, or been at work, for as long as the fault says; one that does not come to work is not waited for. */
async function runningFor(
  site: Site,
  keeper: Keeper,
  { waitMs, atWork }: Fault,
  workedAt: () => number,
): Promise<Life> {
  for (;;) {
    const life = await keeper.running()
    const deadline = life.startedAt + workDeadlineMs
    while (atWork && workedAt() <= life.startedAt && !life.hasEnded && Date.now() < deadline)
      await pause(site, 5)
    await pause(site, waitMs)
    if (!life.hasEnded) return life
  }
}

async function freeze(site: Site, life: { hasEnded: boolean }, pid: number, ms: number): Promise<void> {
  process.kill(pid, 'SIGSTOP')
  await pause(site, ms)
  if (!life.hasEnded) process.kill(pid, 'SIGCONT')
}

async function troubleBroker(
  site: Site,
  { kind, waitMs, atWork, forMs }: Fault,
  startedAt: number,
): Promise<void> {
  const deadline = Date.now() + workDeadlineMs
  while (atWork && site.acknowledged.at() <= startedAt && Date.now() < deadline) await pause(site, 5)
  await pause(site, waitMs)
  const broker = site.broker.broker()
  site.note(`${kind}: pid ${broker.pid}`)
  if (kind === 'freeze-broker') return freeze(site, { hasEnded: false }, broker.pid, forMs)
  await (kind === 'kill-broker' ? broker.kill() : broker.stop())
  await pause(site, forMs)
  await site.broker.startAgain()
  site.note(`broker: is back, pid ${site.broker.broker().pid}`)
}

/** A trouble counts when it has befallen something. */
async function troubleNetwork(site: Site, { kind, waitMs, forMs, draw }: Fault): Promise<void> {
  await pause(site, waitMs)
  const trouble = troubleOf(kind, draw)
  site.note(`${JSON.stringify(trouble)} for ${forMs} ms`)
  const deadline = Date.now() + hitDeadlineMs
  while (site.proxy.connections() === 0 && Date.now() < deadline) await pause(site, 5)
  await site.proxy.trouble(trouble)
  const isOnce = kind === 'reset' || kind === 'drop-ack'
  if (!isOnce) await pause(site, forMs)
  for (; site.proxy.hits() === 0; await pause(site, 10)) {
    if (Date.now() > deadline)
      throw new Error(`${kind} befell nothing for ${hitDeadlineMs / 1000} s: no traffic`)
  }
  await site.proxy.trouble({ kind: 'none' })
}

function troubleOf(kind: Kind, draw: number): Trouble {
  if (kind === 'delay') return { kind, ms: Math.round(20 + 480 * draw) }
  if (kind === 'throttle') return { kind, bytesPerSecond: Math.round(500 + 20_000 * draw) }
  return { kind: kind as 'refuse' | 'reset' | 'black-hole' | 'drop-ack' }
}
