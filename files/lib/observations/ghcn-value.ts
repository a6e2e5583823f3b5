import { daysInMonth } from '../calendar.ts'
import { fahrenheit, type Place, skipDay, takeDay } from './days.ts'
import type { Reading } from './form.ts'
import { chosenStation, isWanted } from './stations.ts'

const missing = -9999

/** A TMAX value as NOAA writes it: its day as a number YYYYMMDD, tenths of °C, and a quality flag, blank when it passed. */
export type GhcnValue = { station: string; day: number; tenths: number; quality: string; place: Place }

/** Takes a value of GHCN-Daily, or counts why it is left out. */
export function takeGhcnValue({ days, stations }: Reading, value: GhcnValue): void {
  const { station, day, tenths, quality, place } = value
  if (!isCalendarDay(day)) {
    // Each month has 31 places: those past its end hold -9999 as missing days do.
    if (station === chosenStation(stations))
      skipDay(days, tenths === missing ? 'padding' : 'impossible', day, place)
  } else if (!isWanted(stations, station, tenths === missing ? undefined : day, place)) return
  else if (tenths === missing) skipDay(days, 'missing', day, place)
  else if (quality.trim() !== '') skipDay(days, 'flagged', day, place)
  else takeDay(days, day, fahrenheit(tenths / 10), place)
}

function isCalendarDay(number: number): boolean {
  const [year, month, day] = [Math.floor(number / 10_000), Math.floor(number / 100) % 100, number % 100]
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month)
}
