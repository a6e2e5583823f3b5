import { coldest, hottest, inCelsius, inFahrenheit, type Unit, unitNames, units } from '../weather/unit.ts'
import { dayText, type Place } from './days.ts'

/** A value in its file's unit. */
export type Found = {
  day: number
  value: number
  /** As it is written. */
  isWhole: boolean
  /** Whether it was text: a number of text may stand for a missing value. */
  isText: boolean
  /** Whether the file says that it failed a check of its quality. */
  isFlagged: boolean
  /** Of the highest of readings: the hours that they are of. */
  hours: number | undefined
  place: Place
}

/** What a file's values look like when they are read in one unit. */
export type Look = {
  unit: Unit
  count: number
  impossible: readonly Found[]
  /** What no place on Earth has, in words. */
  oddity: string | undefined
  /** The day on which the unit seems to change, and why, in words. */
  mixture: string | undefined
  /** The lowest and the highest value, in °F when that is the unit, else in °C. */
  range: string
}

const impossibleMax = 3
const yearOfValues = 300
// In °C. In a year Madison's highest temperatures change by 2.2 to 3.9 from one day to the next (median), those of an island in
// the tropics by 0.6: but only where it is warm do they change so little.
const [mostInYear, leastInYear, leastInTropics] = [5.5, 0.75, 0.52]
const [coolestMonth, hottestMonth, tropics] = [8, 52, 24]

/** Looks at values in one unit. They are without those that stand for missing ones, in the order of their days. */
export function lookAt(values: readonly Found[], unit: Unit): Look {
  const impossible = values.filter((value) => isImpossible(value, unit))
  const look = { unit, count: values.length, impossible, range: rangeOf(values, unit) }
  if (isRefuted(look)) return { ...look, oddity: undefined, mixture: undefined }
  const days = values.map(({ day, value }) => ({ day, celsius: inCelsius(value, unit) }))
  return { ...look, oddity: findOddity(days), mixture: findMixture(values, days, unit) }
}

/** Whether more values are impossible than the glitches of a sensor: more than three, or than one in a hundred. */
export function isRefuted({ count, impossible }: Pick<Look, 'count' | 'impossible'>): boolean {
  return impossible.length > impossibleMax || impossible.length * 100 > count
}

/** The units that the values allow: none that is refuted, nor of a part of the file, and no odd one where another is usual. */
export function allowedUnits(looks: readonly Look[]): Look[] {
  const possible = looks.filter((look) => !isRefuted(look))
  const usual = possible.filter(({ oddity }) => oddity === undefined)
  return (usual.length > 0 ? usual : possible).filter(({ mixture }) => mixture === undefined)
}

/** Whether the value can be none in this unit: beyond all records, or a fraction of a tenth. */
export function isImpossible({ value, isWhole }: Found, unit: Unit): boolean {
  const degrees = inFahrenheit(value, unit)
  return degrees < coldest || degrees > hottest || (unit === 'tenths' && !isWhole)
}

type Day = { day: number; celsius: number }

/** Says what no place has over a whole year. */
function findOddity(days: readonly Day[]): string | undefined {
  for (const [year, ofYear] of Map.groupBy(days, ({ day }) => Math.floor(day / 10_000))) {
    const oddity = ofYear.length < yearOfValues ? undefined : findOddityOfYear(ofYear)
    if (oddity) return `${oddity} in ${year}`
  }
  return undefined
}

function findOddityOfYear(days: readonly Day[]): string | undefined {
  const warm = quantile(
    days.map(({ celsius }) => celsius),
    0.9,
  )
  if (warm < coolestMonth || warm > hottestMonth)
    return `only a tenth of the days is warmer than ${warm.toFixed(1)} °C`
  const changes = changesOf(days).filter((change) => change !== undefined)
  if (changes.length < yearOfValues / 2) return undefined
  const usual = quantile(changes, 0.5)
  const isUsual = usual >= (warm < tropics ? leastInYear : leastInTropics) && usual <= mostInYear
  return isUsual ? undefined : `a day differs from the next one by ${usual.toFixed(1)} °C (median)`
}

/** The changes from one day to the next, without their signs, in °C; undefined where a day is missing. */
function changesOf(days: readonly Day[]): (number | undefined)[] {
  return days.map(({ day, celsius }, index) => {
    const before = days[index - 1]
    return before && isNext(day, before.day) ? Math.abs(celsius - before.celsius) : undefined
  })
}

/** Whether a day follows on another one, within a month or from one to the next. */
function isNext(day: number, before: number): boolean {
  return day === before + 1 || (day % 100 === 1 && day - before < 100 && before % 100 >= 28)
}

function quantile(numbers: readonly number[], part: number): number {
  return Float64Array.from(numbers).sort()[Math.floor(numbers.length * part)]!
}

// Days on each side of the one where another unit may begin, for the means of values and of their changes.
const [besideStep, besideChange] = [15, 30]
// In °C. In 155 years of Madison the means of 15 days and the next 15 never lie more than 18.4 apart, the change from day to day
// is at most 7.1 on average over 30 days, and 3.5 times that of the 30 days before.
const [highestStep, stepOfNoPlace, closestStep, mostChange, mostRatio] = [18.5, 22, 8, 10, 5]

/** A day of a file: the means of values before and after it, in the file's unit, and how many times larger the changes become. */
type Step = { at: number; before: number; after: number; step: number; ratio: number }

/**
 * Finds a day from which on the values go on as if in another unit: the means before and after lie too far apart for any place,
 * or far apart and close together once one of them is read in that other unit; or the changes from day to day are many times
 * as large.
 */
function findMixture(values: readonly Found[], days: readonly Day[], unit: Unit): string | undefined {
  const sums = runningSums(values.map(({ value }) => value))
  const changes = changesOf(days)
  const changeSums = runningSums(changes.map((change) => change ?? 0))
  const changeCounts = runningSums(changes.map((change) => (change === undefined ? 0 : 1)))
  const meanOf = (from: number) => (sums[from + besideStep]! - sums[from]!) / besideStep
  const changeOf = (from: number, to: number) => {
    const count = changeCounts[to]! - changeCounts[from]!
    return count * 2 < besideChange ? undefined : (changeSums[to]! - changeSums[from]!) / count
  }
  let highest: Step | undefined
  for (let at = besideStep; at + besideStep <= values.length; at++) {
    // The change on the day itself belongs to neither side.
    const earlier = changeOf(Math.max(0, at - besideChange), at)
    const later = changeOf(at + 1, Math.min(at + 1 + besideChange, values.length))
    const isTold = earlier !== undefined && later !== undefined
    if (isTold && isOtherKind(earlier, later))
      return `${dayText(values[at]!.day)}: before it a day differs from the next one by ${earlier.toFixed(1)} °C, and after it by ${later.toFixed(1)} °C`
    const [before, after] = [meanOf(at - besideStep), meanOf(at)]
    const step = stepBetween(before, after, unit)
    if (step > (highest?.step ?? highestStep) && isWithinWeeks(values, at))
      highest = { at, before, after, step, ratio: isTold ? later / earlier : 1 }
  }
  if (!highest) return undefined
  const other = otherUnit(highest, unit)
  if (!other && highest.step < stepOfNoPlace) return undefined
  const where = other ? unitNames[other] : 'another unit'
  return `${dayText(values[highest.at]!.day)}: those before it or those after it look like ${where}`
}

/** Whether two mean changes from day to day cannot be of the same place in the same unit, in °C. */
function isOtherKind(earlier: number, later: number): boolean {
  const [less, more] = [Math.min(earlier, later), Math.max(earlier, later)]
  return more > mostChange || more > less * mostRatio
}

/** How far two means lie apart, in °C, the one before in a unit and the one after in the same or another one. */
function stepBetween(before: number, after: number, unit: Unit, other = unit): number {
  return Math.abs(inCelsius(after, other) - inCelsius(before, unit))
}

/** The unit that one side seems to be in: it comes close to the other side then, and its changes are not less alike. */
function otherUnit({ before, after, ratio }: Step, unit: Unit): Unit | undefined {
  const found = units.flatMap((other) => {
    const factor = degreeOf(other) / degreeOf(unit)
    return [
      { other, step: stepBetween(before, after, unit, other), ratio: ratio * factor },
      { other, step: stepBetween(before, after, other, unit), ratio: ratio / factor },
    ]
  })
  const unlike = (ratio: number) => Math.abs(Math.log(ratio))
  return found
    .filter((one) => one.step < closestStep && unlike(one.ratio) < unlike(ratio) + 0.3)
    .toSorted((a, b) => a.step - b.step)[0]?.other
}

/** How much of a °C a unit's step of one is. */
function degreeOf(unit: Unit): number {
  return inCelsius(1, unit) - inCelsius(0, unit)
}

/** The sum of the first n numbers, for each n from 0. */
function runningSums(numbers: readonly number[]): Float64Array {
  const sums = new Float64Array(numbers.length + 1)
  for (const [index, number] of numbers.entries()) sums[index + 1] = sums[index]! + number
  return sums
}

/** Whether the values on both sides lie close enough together for their seasons to be alike. */
function isWithinWeeks(values: readonly Found[], at: number): boolean {
  const [first, last] = [values[at - besideStep]!.day, values[at + besideStep - 1]!.day]
  return Date.parse(dayText(last)) - Date.parse(dayText(first)) <= 45 * 86_400_000
}

function rangeOf(values: readonly Found[], unit: Unit): string {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { value } of values) [low, high] = [Math.min(low, value), Math.max(high, value)]
  const shown = (value: number) =>
    unit === 'F' ? `${value}` : `${Math.round(inCelsius(value, unit) * 100) / 100}`
  return `between ${shown(low)} and ${shown(high)} ${unit === 'F' ? '°F' : '°C'}`
}
