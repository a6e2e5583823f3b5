/** The units in which values without one may be declared: °F, °C, tenths of °C as in NOAA's archive, or kelvins. */
export const units = ['F', 'C', 'tenths', 'K'] as const

export type Unit = (typeof units)[number]

/** The units' names as messages have them. */
export const unitNames = { F: '°F', C: '°C', tenths: 'tenths of °C', K: 'K' } as const

/** No thermometer has shown more than 56.7 °C or less than -89.2 °C (World Meteorological Organization); here in °F. */
export const [coldest, hottest] = [-130, 140]

/** A value in one of the units as °F. Every format converts by it, so that a day is the same to the last bit in each. */
export function inFahrenheit(value: number, unit: Unit): number {
  return unit === 'F' ? value : (inCelsius(value, unit) * 9) / 5 + 32
}

/** A value in one of the units as °C. */
export function inCelsius(value: number, unit: Unit): number {
  if (unit === 'F') return ((value - 32) * 5) / 9
  if (unit === 'tenths') return value / 10
  // Binary fractions make 5.0000000000000001 of 278.15 - 273.15.
  return unit === 'K' ? Math.round((value - 273.15) * 1e6) / 1e6 : value
}
