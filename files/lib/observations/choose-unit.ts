import { OperatingError } from '../core/program.ts'
import { type Unit, unitNames, units } from '../weather/unit.ts'
import { allowedUnits, isRefuted, type Look } from './unit-evidence.ts'

/** The unit that a file says, and what says so, as in `its column tmax_c`; `isFixed` when its format has no other. */
export type DeclaredUnit = { unit: Unit; evidence: string; isFixed: boolean }

/** What there is to choose a unit by. */
export type UnitChoice = {
  source: string
  /** What `--units` says, and what the file says. */
  said: Unit | undefined
  declared: DeclaredUnit | undefined
  /** Whether `--trust-units` is given. */
  isTrusted: boolean
  /** Whether values that can only be tenths of °C need no one to say so. */
  isTelling: boolean
  /** What the values look like in a unit. */
  lookAt: (unit: Unit) => Look
}

// A single slip of the pen must not turn a file in °F into one in tenths.
const enoughToTell = 1 / 20
// More are no glitches of a sensor, and a unit in which they are cannot be trusted.
const trustedMax = 1 / 10

/**
 * Chooses the unit of a file's values: the one that was said, when the values allow it.
 *
 * @throws OperatingError when the values do not allow it; when file and command line say different ones, and the values do not
 *   decide; when no one said it
 */
export function chooseUnit(choice: UnitChoice): Unit {
  const { source, said, declared, isTrusted } = choice
  if (declared?.isFixed) return checkFixed(choice, declared.unit)
  const looks = units.map(choice.lookAt)
  const allowed = allowedUnits(looks)
  const isAllowed = (unit: Unit) => allowed.some((look) => look.unit === unit)
  if (said && declared && said !== declared.unit) {
    // A header may be wrong, and --units mends that; but only when the values speak for it.
    if (isAllowed(said) && !isAllowed(declared.unit)) return said
    throw conflict(source, declared, said)
  }
  const unit = said ?? declared?.unit
  if (unit === undefined) return tellUnit(choice, looks, allowed)
  if (isAllowed(unit)) return unit
  const look = looks.find((look) => look.unit === unit)!
  if (isTrusted && mayBeTrusted(look)) return unit
  throw misfit(choice, look, allowed)
}

function mayBeTrusted({ count, impossible }: Look): boolean {
  return impossible.length <= count * trustedMax
}

/** Makes the error for a unit on the command line that is not the file's. */
export function conflict(source: string, { unit, evidence }: DeclaredUnit, said: Unit): OperatingError {
  return new OperatingError(
    `${source}: ${evidence} says ${unitNames[unit]}: expected no --units ${said}. Nothing has been sent.`,
  )
}

/** A format that fixes the unit leaves less doubt: it takes more glitches, and another unit that looks usual. */
function checkFixed(choice: UnitChoice, unit: Unit): Unit {
  const look = choice.lookAt(unit)
  if (choice.isTrusted && mayBeTrusted(look)) return unit
  const { length } = look.impossible
  if (length > 3 && length * 100 > look.count) throw misfit(choice, look, [])
  if (look.oddity === undefined) return unit
  const others = allowedUnits(units.filter((other) => other !== unit).map(choice.lookAt))
  if (!others.some(({ oddity }) => oddity === undefined)) return unit
  throw misfit(choice, look, [])
}

/** Tells the unit of values that no one gave one: when enough of them can be nothing else, tenths of °C. */
function tellUnit(choice: UnitChoice, looks: readonly Look[], allowed: readonly Look[]): Unit {
  const { source, isTelling } = choice
  if (allowed.length === 0) {
    const [closest] = looks.toSorted((a, b) => a.impossible.length - b.impossible.length)
    throw misfit(choice, closest!, [])
  }
  const inFahrenheit = looks.find(({ unit }) => unit === 'F')!
  const isTold = inFahrenheit.impossible.length >= inFahrenheit.count * enoughToTell
  if (isTelling && isTold && allowed.every(({ unit }) => unit === 'tenths')) return 'tenths'
  throw new OperatingError(
    `${source}: its values do not tell their unit: ${describeLooks(allowed)}. Say it by ${optionsOf(allowed)}. Nothing has been sent.`,
  )
}

function misfit(
  { source, said, declared }: UnitChoice,
  look: Look,
  allowed: readonly Look[],
): OperatingError {
  const name = unitNames[look.unit]
  const who = said
    ? `, as --units ${said} says,`
    : declared
      ? `, as ${declared.evidence} says,`
      : ', which they fit best,'
  const others = allowed.filter(({ unit }) => unit !== look.unit)
  return new OperatingError(
    [
      `${source}: read in ${name}${who} ${describeMisfit(look)}${others.length > 0 ? `; ${describeLooks(others)}` : ''}.`,
      others.length > 0 ? `Say which it is by ${optionsOf(others)}.` : whatToDo(look),
      ...((said || declared) && mayBeTrusted(look)
        ? [`If they are in ${name} all the same, say --trust-units: what is impossible is then left out.`]
        : []),
      'Nothing has been sent.',
    ].join(' '),
  )
}

function describeMisfit(look: Look): string {
  const { count, impossible, oddity, mixture } = look
  if (isRefuted(look))
    return `${impossible.length} of ${count} values are impossible (the first one is in line ${impossible[0]!.place.line})`
  return mixture
    ? `the values seem to change their unit on ${mixture}`
    : `the values fit no place on Earth: ${oddity}`
}

function whatToDo({ mixture }: Look): string {
  if (mixture) return 'Give each part as a file of its own, with its unit.'
  return 'They fit no other unit: correct them. If a number stands for missing values, name it by --missing=NUMBER.'
}

function describeLooks(looks: readonly Look[]): string {
  return looks.map(({ unit, range }) => `as ${unitNames[unit]} they lie ${range}`).join('; ')
}

function optionsOf(looks: readonly Look[]): string {
  const options = looks.map(({ unit }) => `--units ${unit}`)
  const last = options.pop()!
  return options.length > 0 ? `${options.join(', ')} or ${last}` : last
}
