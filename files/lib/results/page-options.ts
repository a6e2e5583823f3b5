import { defaulted, list, type OptionTable } from '../core/command.ts'
import type { Value } from '../core/option-values.ts'
import { normalsOption } from '../weather/date-values.ts'

const host: Value<string> = {
  parse: (text) => (/^[\w.:-]+$/.test(text) ? text : undefined),
  expected: 'a name or an address',
}

/** An origin, as browsers write it; `*` for all. */
export const origin: Value<string> = {
  parse: (text) => (text === '*' || isOrigin(text) ? text : undefined),
  expected: 'an origin such as https://example.org, without a path, or *',
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text
}

/** A host's name. */
export const hostName: Value<string> = {
  parse: (text) => (/^[\w-]+(\.[\w-]+)*$/.test(text) ? text.toLowerCase() : undefined),
  expected: 'a name such as weather.local, without a port',
}

/** Who may have the page, and what is shown besides: for `npm start` too. */
export const pageOptions = {
  host: defaulted(
    '127.0.0.1',
    'ADDRESS',
    host,
    'The address to listen on, and a name under which the page may be asked for; 0.0.0.0 for all addresses.',
  ),
  'allow-host': list(
    'NAME',
    hostName,
    'Another name under which the page may be asked for, such as weather.local.',
  ),
  'allow-origin': list(
    'ORIGIN|*',
    origin,
    'Let pages of this origin read the data, show the charts and embed /embed; * for all.',
  ),
  normals: normalsOption,
} satisfies OptionTable
