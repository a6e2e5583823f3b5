/** Formats a number as Python's `repr` of a float: `1000000.0`, `31.5235`, `1e+16`, `1e-05`, `nan`, `inf`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  if (Object.is(value, -0)) return '-0.0'
  // Both languages print the fewest digits that read back as the same number, but leave plain notation elsewhere.
  const [digits = '', exponentText = ''] = value.toExponential().split('e')
  const exponent = Number(exponentText)
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

/** Formats a text as Python's `repr` of a str, or None. */
export function pythonString(text: string | undefined): string {
  if (text === undefined) return 'None'
  // What str.isprintable says no to: controls, formats, lone surrogates, unassigned, and all spaces but one.
  return quote(text, /[\\\p{C}\p{Z}'"]/gu)
}

/** Formats bytes as Python's `repr` of a bytes. */
export function pythonBytes(bytes: Uint8Array): string {
  return `b${quote(Buffer.from(bytes).toString('latin1'), /[^ !#-&(-[\]-~]/g)}`
}

const escapes = new Map([
  ['\\', '\\\\'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

function quote(text: string, special: RegExp): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'"
  const body = text.replace(special, (character) => {
    if (character === mark) return `\\${mark}`
    if (character === ' ' || character === '"' || character === "'") return character
    return escapes.get(character) ?? escapeCodePoint(character.codePointAt(0)!)
  })
  return mark + body + mark
}

function escapeCodePoint(codePoint: number): string {
  const hex = codePoint.toString(16)
  if (codePoint < 0x100) return `\\x${hex.padStart(2, '0')}`
  return codePoint < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}
