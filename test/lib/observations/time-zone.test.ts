import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import test from 'node:test'
import { isTimeZone, localClock } from '../../../files/lib/observations/time-zone.ts'
import { seededRandom } from '../../support/seeded-random.ts'

const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'America/Havana',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Africa/Casablanca',
  'Asia/Beirut',
]

test('the local day of a moment is the one that the C library tells, also around changes of clocks', (t) => {
  const random = seededRandom(t)
  const [from, until] = [Date.parse('1990-01-01Z') / 1000, Date.parse('2024-01-01Z') / 1000]
  for (const zone of zones) {
    const { dayOf, endOfDay } = localClock(zone)
    const moments = Array.from({ length: 40 }, () => from + Math.floor(random() * (until - from))).flatMap(
      (start) => Array.from({ length: 60 }, (_, index) => start + index * 1800),
    )
    const input = moments.map((moment) => `@${moment}\n`).join('')
    const output = execFileSync('date', ['-f', '-', '+%Y%m%d'], {
      input,
      env: { ...process.env, TZ: zone },
      encoding: 'utf8',
    })
    assert.deepEqual(moments.map(dayOf), output.trim().split('\n').map(Number), zone)
    for (const moment of moments.slice(0, 100)) {
      const end = endOfDay(moment)
      assert.deepEqual(
        [dayOf(end - 1), dayOf(end) > dayOf(moment)],
        [dayOf(moment), true],
        `${zone} ${moment}`,
      )
    }
  }
})

test('a day begins at its first moment and at no other', () => {
  const { dayBegunAt } = localClock('Europe/Berlin')
  const spring = Date.parse('2024-03-30T23:00Z') / 1000
  assert.deepEqual([spring, spring - 1, spring + 1, spring + 23 * 3600, spring + 24 * 3600].map(dayBegunAt), [
    20240331,
    undefined,
    undefined,
    20240401,
    undefined,
  ])
})

test('names of time zones are told from others', () => {
  assert.deepEqual(['Europe/Berlin', 'UTC', 'Berlin', 'Europe/Atlantis', '', 'CET '].map(isTimeZone), [
    true,
    true,
    false,
    false,
    false,
    false,
  ])
})

test('a machine whose time zone is not known has no local day: the option that says it is named', (t) => {
  const { TZ } = process.env
  t.after(() => {
    if (TZ === undefined) delete process.env.TZ
    else process.env.TZ = TZ
  })
  process.env.TZ = 'Mars/Olympus'
  assert.throws(() => localClock(), {
    name: 'OperatingError',
    message: /^TZ is 'Mars\/Olympus': .*--timezone/,
  })
  assert.equal(localClock('Europe/Berlin').timeZone, 'Europe/Berlin')
})
