import { daysInMonth } from '../weather/calendar.ts'
import { type Collector, collect, leaveOut } from './collector.ts'
import type { Place } from './days.ts'
import { chosenStation } from './stations.ts'

const missing = -9999

/** A TMAX value as NOAA writes it: its day as a number YYYYMMDD, tenths of °C, and a quality flag, blank when it passed. */
export type GhcnValue = { station: string; day: number; tenths: number; quality: string; place: Place }

/** Collects a value of GHCN-Daily. */
export function collectGhcnValue(collector: Collector, value: GhcnValue): void {
  const { station, day, tenths, quality, place } = value
  const isMissing = tenths === missing
  if (isCalendarDay(day)) {
    const isFlagged = quality.trim() !== ''
    collect(collector, { station, day, value: isMissing ? undefined : tenths, isFlagged, place })
  } else if (station === chosenStation(collector.stations)) {
    // Each month has 31 places: those past its end hold -9999 as missing days do.
    leaveOut(collector, isMissing ? 'padding' : 'impossible', { day, place })
  }
}

function isCalendarDay(number: number): boolean {
  const [year, month, day] = [Math.floor(number / 10_000), Math.floor(number / 100) % 100, number % 100]
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}
