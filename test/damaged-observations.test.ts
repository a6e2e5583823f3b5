import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import test from 'node:test'
import { gzipSync } from 'node:zlib'
import { readInputs } from '../files/lib/observations/observations.ts'
import { seededRandom } from './support/seeded-random.ts'
import {
  centralPark,
  dlyLines,
  valuesByAwk,
  writeByYear,
  writeDailySummaries,
} from './support/station-files.ts'

const rounds = 10_000
const values = valuesByAwk(centralPark).filter(({ date }) => date >= '2018-06-01' && date < '2018-09-01')
const truth = new Map(
  values
    .filter(({ element, tenths, flags }) => element === 'TMAX' && tenths !== -9999 && flags[1] === '')
    .map(({ date, tenths }) => [date, ((tenths / 10) * 9) / 5 + 32]),
)

/**
 * Each damaged file must end in an error that names the file, or in days that are all right: a day less is a day that the
 * summary's count lacks. In text a byte is flipped by its highest bit, for nobody can tell a digit from another digit; in
 * gzip by any bit, for there a checksum tells.
 */
test(`${rounds} damaged files end in an error with a place or in fewer days, never in a wrong one`, async (t) => {
  const random = seededRandom(t)
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!
  const forms = [
    dlyLines(/^.{11}20180[678]/),
    writeByYear(values, random),
    writeDailySummaries(values, random, true),
    writeDailySummaries(values, random, false),
  ].map((text) => Buffer.from(text))
  const files = [...forms, ...forms.map((bytes) => gzipSync(bytes))]
  const outcomes = { error: 0, fewer: 0, all: 0 }
  for (let round = 0; round < rounds; round++) {
    const file = pick(files)
    const damaged = pick([cut, flip, mix])(file, () => pick(files), random)
    const outcome = await read(damaged)
    outcomes[outcome]++
  }
  t.diagnostic(JSON.stringify(outcomes))
  assert.ok(outcomes.error > rounds / 2 && outcomes.fewer > 0)
})

type Damage = (file: Buffer, other: () => Buffer, random: () => number) => Buffer

const cut: Damage = (file, _other, random) => file.subarray(0, Math.floor(random() * file.length))

const flip: Damage = (file, _other, random) => {
  const flipped = Buffer.from(file)
  const count = 1 + Math.floor(random() * 3)
  for (let i = 0; i < count; i++) {
    const at = Math.floor(random() * file.length)
    flipped[at]! ^= isGzip(file) ? 1 << Math.floor(random() * 8) : 0x80
  }
  return flipped
}

/** Puts a piece of another file, or of the same one packed, between two lines or bytes. */
const mix: Damage = (file, other, random) => {
  const piece = other()
  const from = Math.floor(random() * piece.length)
  const lineEnd = file.indexOf('\n', Math.floor(random() * file.length)) + 1
  const at = isGzip(file) ? Math.floor(random() * file.length) : lineEnd
  return Buffer.concat([file.subarray(0, at), piece.subarray(from), file.subarray(at)])
}

function isGzip(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

async function read(bytes: Buffer): Promise<'error' | 'fewer' | 'all'> {
  // In several chunks, so that lines and the first two bytes are cut between them as well.
  const chunks = () => Readable.from([bytes.subarray(0, 1), bytes.subarray(1, 5000), bytes.subarray(5000)])
  try {
    const { days } = await readInputs([() => ({ source: 'a file', chunks: chunks() })], {})
    for (const { date, degrees } of days) assert.equal(degrees, truth.get(date), date)
    return days.length === truth.size ? 'all' : 'fewer'
  } catch (error) {
    const { name, message } = error as Error
    assert.equal(name, 'OperatingError', String(error))
    assert.match(message, /a file: /)
    return 'error'
  }
}
