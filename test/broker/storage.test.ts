import assert from 'node:assert/strict'
import { test } from 'node:test'
import { randomId } from '../../broker/storage.ts'

test('no random id begins with a dash, for the storage tool would take it for an option', () => {
  for (let draw = 0; draw < 2000; draw++) assert.match(randomId(), /^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/)
})
