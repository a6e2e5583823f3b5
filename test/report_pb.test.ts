import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from './support/program.ts'

const root = join(import.meta.dirname, '..')

test('report_pb.ts is what `npm run proto` makes of report.proto', async (t) => {
  const folder = await temporaryFolder(t)
  const binaries = join(root, 'node_modules/.bin')
  const env = { ...process.env, PATH: `${binaries}${delimiter}${process.env.PATH}` }
  execFileSync(join(binaries, 'buf'), ['generate', '--output', folder], { cwd: root, env })
  const [made, committed] = [join(folder, 'files'), join(root, 'files')].map((path) =>
    readFileSync(join(path, 'report_pb.ts'), 'utf8'),
  )
  assert.equal(made, committed)
})
