import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { parseProofStatus, proofPath, writeProofStatus } from '../../files/lib/results/proof-status.ts'
import { proofLine } from '../../files/page/proof-line.ts'
import { serve } from '../support/pages.ts'
import { waitFor } from '../support/wait-for.ts'

const at = new Date(2026, 0, 1, 4, 24, 31).getTime()
const agreeing = { verdict: 'agree', numbers: 5439, fault: null, checkedAt: at } as const
const fault = 'partition 2: January 1994: sum is 1 in the file, <2> by the log'
const differing = { ...agreeing, verdict: 'differ', fault } as const

test('the proof says how many numbers agree and when they were checked, or the first difference, or why it is not known', () => {
  const words = (...[proof, now = at]: [Parameters<typeof proofLine>[0], number?]) =>
    proofLine(proof, now).markup.replace(/<[^>]*>/g, '')
  assert.equal(words(agreeing), '✓ All 5,439 numbers agree with the log · checked 04:24:31')
  assert.match(words(agreeing, at + 25 * 3600 * 1000), / · checked 2026-01-01 04:24:31$/)
  assert.match(
    words(differing),
    /^The files differ from the log, partition 2: January 1994: sum is 1 in the file, &lt;2&gt; by the log · checked/,
  )
  assert.match(
    words({ ...agreeing, verdict: 'unknown', fault: 'no broker answered' }),
    /^Could not be checked against the log: no broker answered · checked 04:24:31$/,
  )
  assert.equal(words(undefined), 'Not checked against the log yet')
})

test('a status of the proof that makes no sense is as good as none', () => {
  assert.deepEqual(parseProofStatus(JSON.stringify(differing)), differing)
  for (const status of [null, [], {}, { ...agreeing, verdict: 'yes' }, { ...agreeing, numbers: '5' }])
    assert.equal(parseProofStatus(JSON.stringify(status)), undefined)
  for (const text of ['', '{', JSON.stringify({ ...differing, fault: null })])
    assert.equal(parseProofStatus(text), undefined, text)
})

test('the header of the page follows the proof, and does without a file that is none', async (t) => {
  const { address, folder } = await serve(t)
  const page = async () => (await fetch(address)).text()
  assert.match(await page(), /Not checked against the log yet/)
  mkdirSync(dirname(proofPath(folder)), { recursive: true })
  writeProofStatus(folder, agreeing)
  await waitFor('the proof', async () => /All 5,439 numbers agree with the log/.test(await page()))
  writeProofStatus(folder, differing)
  await waitFor('the difference', async () => /class="proof differ"/.test(await page()))
  writeFileSync(proofPath(folder), '{')
  await waitFor('no proof', async () => /Not checked/.test(await page()))
})
