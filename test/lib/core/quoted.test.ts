import assert from 'node:assert/strict'
import test from 'node:test'
import { printable, quoted } from '../../../files/lib/core/quoted.ts'

const examples: [text: string, right: string][] = [
  ['January', "'January'"],
  ['März 1. "x"', `'März 1. "x"'`],
  ["May', expected 'June", String.raw`'May\', expected \'June'`],
  ['a\\n\n\r\t', String.raw`'a\\n\n\r\t'`],
  ['\x1b[2J\x9b2J\x7f', String.raw`'\u001b[2J\u009b2J\u007f'`],
  ['\u202egnp.exe\u2066\u2069', String.raw`'\u202egnp.exe\u2066\u2069'`],
  ['\ufeffa\u2028b\u2029c\u00adΩ\u200b', String.raw`'\ufeffa\u2028b\u2029c\u00adΩ\u200b'`],
  ['\u00a0\u3000', String.raw`'\u00a0\u3000'`],
  ['\u{e0001}🌡\ud800', String.raw`'\u{e0001}🌡\ud800'`],
  ['', "''"],
  ['9'.repeat(40), `'${'9'.repeat(40)}'`],
  ['9'.repeat(41), `'${'9'.repeat(40)}…'`],
  ['🌡'.repeat(41), `'${'🌡'.repeat(40)}…'`],
  ['\n'.repeat(1e6), `'${'\\n'.repeat(40)}…'`],
]

for (const [text, right] of examples) test(`quoted gives ${right}`, () => assert.equal(quoted(text), right))

test('no character comes through that acts on a terminal or is not seen', () => {
  for (let code = 0; code <= 0x10ffff; code++) {
    const found = quoted(String.fromCodePoint(code))
    // Without the classes that quoted itself goes by: what Unicode calls white space, controls and directions, by number.
    const acts =
      code < 0x20 ||
      (code >= 0x7f && code <= 0xa0) ||
      (code >= 0x200b && code <= 0x200f) ||
      (code >= 0x2028 && code <= 0x202f) ||
      (code >= 0x2060 && code <= 0x206f) ||
      (code >= 0xd800 && code <= 0xdfff) ||
      code === 0x61c ||
      code === 0xfeff ||
      (code >= 0xfff9 && code <= 0xfffb) ||
      code >= 0xe0000
    const isVariation = code >= 0xe0100 && code <= 0xe01ef
    if (acts && !isVariation) assert.match(found, /^'\\[\w{}]+'$/, code.toString(16))
    if (code > 0x20 && code < 0x7f && code !== 0x27 && code !== 0x5c)
      assert.equal(found, `'${String.fromCodePoint(code)}'`)
  }
})

test('printable shows what is not seen, and leaves lines and words alone', () => {
  const message = "a.csv: 'May' is wrong,\nthe \\ and \x1b[2J\u202e\r\x85\u2028"
  assert.equal(printable(message), "a.csv: 'May' is wrong,\nthe \\ and \\u001b[2J\\u202e\\r\\u0085\\u2028")
})
