import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apartText, parseUnit } from '../../files/page/unit.ts'

test('the reader’s unit goes first, then that of the station', () => {
  const celsius = { kind: 'observed', unit: 'C' } as const
  assert.equal(parseUnit('F', celsius), 'F')
  assert.equal(parseUnit('c'), 'C')
  assert.equal(parseUnit(null), 'F')
  assert.equal(parseUnit(null, celsius), 'C')
  assert.equal(parseUnit('K', { kind: 'observed', unit: 'F' }), 'F')
})

test('NOAA’s tenths of °C are shown in °F for stations of the United States, and in °C for all others', () => {
  const tenths = { kind: 'observed', unit: 'tenths' } as const
  assert.equal(parseUnit(null, { ...tenths, id: 'USW00094728' }), 'F')
  assert.equal(parseUnit(null, { ...tenths, id: 'GMW00019999' }), 'C')
  assert.equal(parseUnit(null, tenths), 'C')
})

test('a difference has its unit and its side, and none when it is not seen', () => {
  assert.equal(apartText(2.1, 'F'), '2.1 °F above')
  assert.equal(apartText(-9, 'C'), '5.0 °C below')
  assert.equal(apartText(0.04, 'F'), 'equal to')
})
