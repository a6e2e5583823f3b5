/**
 * Formats a number for a label: thousands separated, a true minus sign, never `-0`.
 *
 * @param digits after the decimal point. Numbers of 8 digits and more are written with an exponent: whatever a station
 *   sends, a label stays a label.
 */
export function formatNumber(value: number, digits: number): string {
  if (Math.abs(value) >= 1e7) return value.toExponential(digits).replaceAll('-', '−')
  const format = {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
    signDisplay: 'negative',
  } as const
  return value.toLocaleString('en-US', format).replace('-', '−')
}
