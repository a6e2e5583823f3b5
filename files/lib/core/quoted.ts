const charactersMax = 40
// Controls, directions and other formats, lone surrogates, private and unassigned ones, and all spaces but the usual one.
const unseen = /[\p{C}\p{Z}]/gu
const unseenOrSyntax = /[\p{C}\p{Z}\\']/gu
const escapes: Record<string, string> = {
  ' ': ' ',
  '\\': '\\\\',
  "'": "\\'",
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
}

/**
 * Quotes foreign text, of a record or a file, for a message: in single quotes, 40 characters at most, and as JavaScript would
 * write it wherever a character is not seen. So it cannot act on a terminal, turn the direction of what follows, end the
 * line, or pretend to be the message's own words.
 */
export function quoted(text: string): string {
  // A character has two places at most; what is cut in two by this is cut off.
  const characters = [...text.slice(0, 2 * charactersMax + 2)]
  const shown = characters.slice(0, charactersMax).join('').replace(unseenOrSyntax, escapeOf)
  return `'${shown}${characters.length > charactersMax ? '…' : ''}'`
}

/**
 * Makes a message fit for a terminal, whatever foreign text is in it that nobody quoted: its lines stay, and all else that is
 * not seen is shown as JavaScript would write it.
 */
export function printable(message: string): string {
  return message.replace(unseen, (character) => (character === '\n' ? character : escapeOf(character)))
}

function escapeOf(character: string): string {
  const hex = character.codePointAt(0)!.toString(16)
  return escapes[character] ?? (hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`)
}
