import type { FaultKind } from './faults.ts'
import { Misdeed } from './misdeed.ts'
import type { SimulatedProcess } from './simulated-process.ts'

/** What has befallen the world. */
export type Circumstances = {
  /** Whether one of these has befallen anything from a time on; all that ever did count from time 0 on. */
  hasMet: (kinds: readonly FaultKind[], since: number) => boolean
  /** Whether another process keeps a partition that this one wanted. */
  isKeptByAnother: (process: SimulatedProcess) => boolean
}

const ofTheDisk: FaultKind[] = ['disk full', 'disk read-only', 'disk error']
const ofTheBrokers: FaultKind[] = [
  ...([
    'connections cut',
    'slow network',
    'black hole',
    'lost answers',
    'broker killed',
    'broker hangs',
  ] as const),
  ...([
    'broker cut off',
    'tail lost',
    'topic away',
    'topic recreated',
    'leader moved',
    'left behind',
  ] as const),
]
const ofTheLog: FaultKind[] = [
  'tail lost',
  'log trimmed',
  'file removed',
  'file put back',
  'power cut',
  'power cut at a call',
]

/** The reasons for which a consumer ends by itself, as the docs name them: its message, and what must have befallen it. */
const reasons: readonly { message: RegExp; needs: readonly FaultKind[]; isOlder?: boolean }[] = [
  { message: /: cannot be (written|kept as|made|read|locked)\b.*(ENOSPC|EROFS|EIO)/, needs: ofTheDisk },
  {
    message: /: was removed, replaced or changed by another program/,
    needs: ['file removed', 'file put back'],
  },
  { message: /: no broker answered within 30 s/, needs: ofTheBrokers },
  { message: /: offset \d+ (is outside|counts records that) /, needs: ofTheLog, isOlder: true },
  { message: /: the batch at offset \d+ has CRC-32C/, needs: ['batch corrupt'] },
  {
    message: /^--rebuild cannot count again/,
    needs: ['log trimmed', 'topic away', 'topic recreated', 'left behind'],
    isOlder: true,
  },
  { message: /^Reading .* failed: /, needs: ofTheBrokers },
]

/** Judges how a consumer has ended. @throws Misdeed for an end that the docs do not name, or without its reason */
export function expectKnownEnd(process: SimulatedProcess, circumstances: Circumstances): void {
  const { name, end, stderr, wasAsked, startedAt } = process
  const message = stderr.trimEnd().split('\n').at(-1) ?? ''
  const wrong = (what: string) => new Misdeed(`${name} ${what}: ${stderr.slice(-600)}`)
  if (end?.by === 'a kill') return
  if (/\n {4}at /.test(stderr)) throw wrong('ends with a stack')
  if (end?.by === 'a signal' || end?.code === 0) {
    if (!wasAsked) throw wrong(`ends without having been asked to, exit code ${end.code}`)
    return
  }
  if (end?.code !== 1) throw wrong(`ends with exit code ${end?.code}`)
  if (/another consumer keeps this partition/.test(message)) {
    if (!circumstances.isKeptByAnother(process)) throw wrong('says that another consumer keeps its partition')
    return
  }
  const reason = reasons.find((one) => one.message.test(message))
  if (!reason) throw wrong('ends for a reason that no document names')
  if (!circumstances.hasMet(reason.needs, reason.isOlder ? 0 : startedAt)) throw wrong('ends without cause')
}
