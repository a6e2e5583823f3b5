/** The units in which values without one may be declared: °F, °C, or tenths of °C as in NOAA's archive. */
export const units = ['F', 'C', 'tenths'] as const

export type Unit = (typeof units)[number]

/** The units' names as messages have them. */
export const unitNames = { F: '°F', C: '°C', tenths: 'tenths of °C' } as const

/** A value in one of the units as °F. Every format converts by it, so that a day is the same to the last bit in each. */
export function inFahrenheit(value: number, unit: Unit): number {
  if (unit === 'F') return value
  return ((unit === 'tenths' ? value / 10 : value) * 9) / 5 + 32
}
