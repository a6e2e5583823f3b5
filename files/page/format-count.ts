const format = new Intl.NumberFormat('en-US')

/** Formats a count or an offset in full, however large: its digits are looked for elsewhere. */
export function formatCount(value: number): string {
  return format.format(value)
}
