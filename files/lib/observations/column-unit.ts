import type { Unit } from '../weather/unit.ts'

/** The unit that a column's name ends in, as `℃`, `°F` or `C`, also with a damaged degree sign; undefined for none of them. */
export function unitOfSign(sign: string): Unit | undefined {
  const [, celsius, fahrenheit] = /^(?:(℃|[^a-z]{0,3}c)|(℉|[^a-z]{0,3}f))$/i.exec(sign.trim()) ?? []
  if (celsius) return 'C'
  return fahrenheit ? 'F' : undefined
}
