/**
 * A number as people write it, with a decimal point or comma; undefined for anything else. Not the 0x1f and Infinity that
 * Number would take as well.
 */
export function parseNumber(text: string): number | undefined {
  const isNumber = /^[+\u2212-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?$/i.test(text)
  const number = isNumber ? Number(text.replace(',', '.').replace('\u2212', '-')) : Number.NaN
  return Number.isFinite(number) ? number : undefined
}
