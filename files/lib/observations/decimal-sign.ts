import { OperatingError } from '../core/program.ts'
import { quoted } from '../core/quoted.ts'
import type { Place } from './days.ts'
import { formatError } from './format-error.ts'

type Seen = { text: string; place: Place }

/** The first numbers of a file that are written in certain ways. */
export type DecimalSigns = Partial<Record<'point' | 'comma' | 'otherComma', Seen>>

const thousands = /^[+\u2212-]?\d{1,3},\d{3}$/

/**
 * Notes how a number is written.
 *
 * @throws OperatingError for a decimal comma in a file that has had a decimal point, or the other way round
 */
export function noteDecimalSign(signs: DecimalSigns, text: string, place: Place): void {
  const sign = text.includes(',') ? 'comma' : text.includes('.') ? 'point' : undefined
  if (!sign) return
  signs[sign] ??= { text, place }
  if (sign === 'comma' && !thousands.test(text)) signs.otherComma ??= { text, place }
  const other = signs[sign === 'comma' ? 'point' : 'comma']
  if (other)
    throw formatError(
      place,
      `${quoted(text)}, and ${quoted(other.text)} in line ${other.place.line}`,
      'one decimal sign in a file, a point or a comma, and nothing between thousands',
    )
}

/**
 * Checks that each comma is a decimal one.
 *
 * @throws OperatingError when each has three digits after it, as between thousands: -9,999 may be -9999
 */
export function checkDecimalSign({ comma, otherComma }: DecimalSigns): void {
  if (!comma || otherComma) return
  const { text, place } = comma
  throw new OperatingError(
    `${place.source}: line ${place.line}, column ${place.column}: ${quoted(text)} may be ${text.replace(',', '.')} or ` +
      `${text.replace(',', '')}. Write it with a decimal point, and nothing between thousands. Nothing has been sent.`,
  )
}
