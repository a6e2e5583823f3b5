import assert from 'node:assert/strict'
import test from 'node:test'
import { pythonBytes, pythonFloat, pythonString } from '../../../files/lib/debug/python.ts'

// As CPython 3.13 prints them.
const floats: [number, string][] = [
  [31.5235, '31.5235'],
  [1_000_000, '1000000.0'],
  [0, '0.0'],
  [-0, '-0.0'],
  [-7, '-7.0'],
  [0.1 + 0.2, '0.30000000000000004'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [1.5e300, '1.5e+300'],
  [123456789012345680, '1.2345678901234568e+17'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1.25e-7, '1.25e-07'],
  [5e-324, '5e-324'],
  [Number.POSITIVE_INFINITY, 'inf'],
  [Number.NEGATIVE_INFINITY, '-inf'],
  [Number.NaN, 'nan'],
]

for (const [value, text] of floats) {
  test(`pythonFloat formats ${value} as ${text}`, () => assert.equal(pythonFloat(value), text))
}

const strings: [string, string][] = [
  ['December', `'December'`],
  ["O'Hare", `"O'Hare"`],
  [`'"`, `'\\'"'`],
  ['a\\b\n\t\r', `'a\\\\b\\n\\t\\r'`],
  ['März', `'März'`],
  ['\x00\x7f\xa0\u2028\u{e0001}', `'\\x00\\x7f\\xa0\\u2028\\U000e0001'`],
]

for (const [text, repr] of strings) {
  test(`pythonString formats ${JSON.stringify(text)} as ${repr}`, () =>
    assert.equal(pythonString(text), repr))
}

test('pythonString formats undefined as None', () => assert.equal(pythonString(undefined), 'None'))

test('pythonBytes formats bytes as Python does', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1')
  assert.equal(pythonBytes(bytes("a'\n\x00\xff\\")), String.raw`b"a'\n\x00\xff\\"`)
  assert.equal(pythonBytes(bytes(`'"~[]^`)), `b'\\'"~[]^'`)
})
