import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { mutations, mutationTable } from './mutants/mutations.ts'
import { mutate } from './mutants/run-mutation.ts'

const root = join(import.meta.dirname, '..')

test('what `npm run mutants` breaks is there, and so are the tests that it names', () => {
  for (const mutation of mutations) {
    const text = readFileSync(join(root, mutation.path), 'utf8')
    assert.notEqual(mutate(text, mutation), text, mutation.what)
    readFileSync(join(root, mutation.test))
  }
})

test('docs/proof.md names every breakage with the test that fails', () => {
  const text = readFileSync(join(root, 'docs/proof.md'), 'utf8')
  const table = mutationTable()
  assert.ok(text.includes(table), `docs/proof.md lacks this table:\n${table}`)
})
