import assert from 'node:assert/strict'
import test, { type TestContext } from 'node:test'
import { localDate, machineZone, newestDateAnywhere } from '../../../files/lib/weather/local-date.ts'

function setZone(t: TestContext, zone: string) {
  const before = process.env.TZ
  process.env.TZ = zone
  t.after(() => {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  })
}

test('localDate is the date of the zone, over midnight, summer time and the date line', () => {
  for (const [moment, zone, expected] of [
    ['2024-06-01T03:59:59Z', 'America/New_York', '2024-05-31'],
    ['2024-06-01T04:00:00Z', 'America/New_York', '2024-06-01'],
    ['2024-12-01T04:59:59Z', 'America/New_York', '2024-11-30'],
    ['2024-12-31T23:00:00Z', 'Europe/Berlin', '2025-01-01'],
    ['2024-06-01T10:00:00Z', 'Pacific/Kiritimati', '2024-06-02'],
    ['2024-06-01T10:59:59Z', 'Pacific/Pago_Pago', '2024-05-31'],
    ['2024-02-29T12:00:00Z', 'UTC', '2024-02-29'],
  ] as const)
    assert.equal(localDate(Date.parse(moment), zone), expected, `${moment} ${zone}`)
})

test('no zone has a day before newestDateAnywhere, and none ends one after the last zone', () => {
  for (let hour = 0; hour < 48; hour += 5) {
    const moment = Date.UTC(2024, 1, 28, hour)
    const dates = Intl.supportedValuesOf('timeZone').map((zone) => localDate(moment, zone))
    const newest = newestDateAnywhere(moment)
    assert.ok(dates.every((date) => date <= newest && date >= localDate(moment, 'Etc/GMT+12')))
    assert.ok(dates.includes(newest))
  }
})

for (const [text, name] of [
  ['Pacific/Auckland', 'Pacific/Auckland'],
  [':America/Los_Angeles', 'America/Los_Angeles'],
  ['EST5EDT', 'EST5EDT'],
] as const) {
  test(`the machine's zone is the one that TZ names: ${text}`, (t) => {
    setZone(t, text)
    assert.deepEqual(machineZone(), { name, isKnown: true })
  })
}

for (const text of ['Mars/Olympus', ':/etc/localtime', 'XYZ5']) {
  test(`in place of TZ=${text}, which names no zone, it is the one where each day ends last`, (t) => {
    setZone(t, text)
    assert.deepEqual(machineZone(), { name: 'Etc/GMT+12', isKnown: false })
  })
}
