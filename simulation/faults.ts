import type { Random } from './random.ts'

/** What may befall a world. */
export const faultKinds = [
  ...[
    'kill',
    'kill at a call',
    'stop',
    'pause',
    'clock jump',
    'second consumer',
    'file removed',
    'file put back',
  ],
  ...['power cut', 'power cut at a call', 'disk full', 'disk read-only', 'disk error'],
  ...['connections cut', 'slow network', 'black hole', 'lost answers'],
  ...['broker killed', 'broker hangs', 'broker cut off', 'left behind', 'leader moved'],
  ...['topic recreated', 'topic away', 'tail lost', 'log trimmed', 'batch corrupt'],
] as const

export type FaultKind = (typeof faultKinds)[number]

/** A fault, drawn whole before the world begins: it is the same whether or not others are left out. */
export type Fault = {
  kind: FaultKind
  /** When, in milliseconds since the world began. */
  at: number
  /** For how long, where it ends by itself. */
  forMs: number
  /** Numbers from 0 to 1 that say whom, where and how. */
  which: number
  where: number
  how: number
}

// Those after which a person must act, or that cost what was counted, come seldom: a world has much to do after them.
const seldom: readonly FaultKind[] = [
  'tail lost',
  'log trimmed',
  'batch corrupt',
  'topic away',
  'topic recreated',
]
const ofThreeBrokers: readonly FaultKind[] = ['broker cut off', 'left behind', 'leader moved']

/** Draws the faults of a world, in the order of their times. */
export function drawFaults(random: Random, count: number, untilMs: number, brokers: number): Fault[] {
  const usual = faultKinds.filter(
    (kind) => !seldom.includes(kind) && (brokers > 1 || !ofThreeBrokers.includes(kind)),
  )
  const faults = Array.from({ length: count }, (): Fault => {
    const kind = random.pick(random.chance(0.15) ? seldom : usual)
    // Half of the faults are over soon, others last longer than the patience of the programs.
    const forMs = random.chance(0.7) ? random.between(50, 2000) : random.between(2000, 9000)
    const draw = () => random.between(0, 1)
    return { kind, at: random.between(200, untilMs), forMs, which: draw(), where: draw(), how: draw() }
  })
  return faults.toSorted((a, b) => a.at - b.at)
}
