/** Markup that is safe to send: texts in it were escaped where it was made. */
export type Html = { readonly markup: string }

type Value = Html | readonly Html[] | string | number | undefined | false

/**
 * Makes markup of a template: the one place where texts are escaped.
 *
 * Strings and numbers between the pieces are escaped, markup stands as it is, undefined and false leave nothing. Inside a
 * tag, put values between double quotes.
 */
export function html(pieces: TemplateStringsArray, ...values: Value[]): Html {
  let markup = pieces[0]!
  for (const [index, value] of values.entries()) markup += markupOf(value) + pieces[index + 1]
  return { markup }
}

/** Takes text for markup that another module of ours made and escaped. */
export function trusted(markup: string): Html {
  return { markup }
}

function markupOf(value: Value): string {
  if (value === undefined || value === false) return ''
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (character) => escapes[character]!)
  if ('markup' in value) return value.markup
  return value.map(({ markup }) => markup).join('')
}

const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
