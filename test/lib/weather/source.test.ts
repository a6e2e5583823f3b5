import assert from 'node:assert/strict'
import test from 'node:test'
import {
  decodeSource,
  describeSource,
  encodeSource,
  isName,
  mayFollow,
  type Source,
} from '../../../files/lib/weather/source.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const park: Source = {
  ...{ kind: 'observed', name: 'Central Park, New York', id: 'USW00094728', dataset: 'NOAA GHCN-Daily' },
  ...{ latitude: 40.77898, longitude: -73.96925, elevation: 42.7, unit: 'tenths' },
}
const madison: Source = { kind: 'synthetic', name: 'Madison, Wisconsin' }

test('a source is said in a line: name, first and last year, whose record it is', () => {
  const years = { first: 1869, last: 2020 }
  assert.equal(describeSource(park, years), 'Central Park, New York, 1869 to 2020, NOAA GHCN-Daily')
  assert.equal(describeSource({ kind: 'observed', id: 'USW00094728' }), 'Station USW00094728')
  assert.equal(
    describeSource({ kind: 'observed' }, { first: 2024, last: 2024 }),
    'A station without a name, 2024',
  )
  assert.equal(describeSource(madison), 'synthetic weather after Madison, Wisconsin')
})

test('a source comes out of its header as it went in', () => {
  for (const source of [park, madison, { kind: 'observed' } as const])
    assert.deepEqual(decodeSource(encodeSource(source)), source)
})

test('a header that this project does not write says nothing', () => {
  const texts = ['', '{', 'null', '[]', '7', '"observed"', '{}', '{"kind":"real"}', '{"kind":["observed"]}']
  const wrong = [
    ...[{ name: '' }, { name: 7 }, { name: '=1+2' }, { name: 'a\nb' }, { name: 'a\u202eb' }, { name: ' a' }],
    ...[{ name: 'a'.repeat(81) }, { id: 'a b' }, { id: '-1' }, { id: 'a'.repeat(21) }, { dataset: null }],
    ...[{ latitude: 91 }, { latitude: '40' }, { longitude: -181 }, { elevation: 1e9 }, { unit: 'R' }],
  ]
  texts.push(...wrong.map((keys) => JSON.stringify({ kind: 'observed', ...keys })))
  texts.push(JSON.stringify({ kind: 'observed', more: 'a'.repeat(1024) }))
  for (const text of texts) assert.equal(decodeSource(Buffer.from(text)), undefined, text)
  const unknown = JSON.stringify({ kind: 'observed', name: 'Here', __proto__: 1, toString: 'x', more: 1 })
  assert.deepEqual(decodeSource(Buffer.from(unknown)), { kind: 'observed', name: 'Here' })
})

test('10,000 damaged headers give a source that can be shown, or none, and never an error', (t) => {
  const random = seededRandom(t)
  const whole = encodeSource(park)
  for (let round = 0; round < 10_000; round++) {
    const bytes = Buffer.from(whole)
    for (let change = 0; change <= random() * 3; change++)
      bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256)
    const source = decodeSource(bytes.subarray(0, random() < 0.8 ? bytes.length : random() * bytes.length))
    if (source?.name !== undefined) assert.ok(isName(source.name), source.name)
    assert.doesNotMatch(describeSource(source ?? madison), /[\p{Cc}\p{Cf}]|undefined|NaN/u)
  }
})

test('days may follow only on those of the same source: by its id, or by its name where one of them has no id', () => {
  const unnamed: Source = { kind: 'observed' }
  const idAlone: Source = { kind: 'observed', id: 'USW00094728' }
  const nameAlone: Source = { kind: 'observed', name: 'Central Park, New York' }
  const elsewhere: Source = { kind: 'observed', id: 'USW00014837', name: 'Central Park, New York' }
  const all = { park, madison, unnamed, idAlone, nameAlone, elsewhere }
  const same = 'park idAlone, park nameAlone, nameAlone elsewhere'.split(', ')
  for (const [a, before] of Object.entries(all)) {
    for (const [b, after] of Object.entries(all)) {
      const expected = a === b || same.includes(`${a} ${b}`) || same.includes(`${b} ${a}`)
      assert.equal(mayFollow(after, before), expected, `${b} after ${a}`)
    }
  }
  assert.ok(mayFollow({ ...park, name: 'NY CITY CENTRAL PARK, NY US' }, park))
  assert.ok(mayFollow({ ...nameAlone, dataset: 'Mine', unit: 'C' }, park))
  assert.ok(!mayFollow({ ...madison, kind: 'observed' }, madison))
  assert.ok(!mayFollow({ ...madison, name: 'Elsewhere' }, madison))
})
