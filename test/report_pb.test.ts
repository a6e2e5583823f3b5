import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { file_report, ReportSchema } from '../files/report_pb.ts'

const files = join(import.meta.dirname, '../files')
const [proto, generated] = ['report.proto', 'report_pb.ts'].map((name) =>
  readFileSync(join(files, name), 'utf8'),
)

// The generator is fetched only by `npm run proto`. Read here line by line, the schema must say what was generated.
test('report_pb.ts has the messages, fields, numbers, types and comments of report.proto', () => {
  const lines = proto!.split('\n').map((line) => line.trim())
  const [, syntax] = /^syntax = "(\w+)";$/.exec(lines[0]!)!
  const messages = lines.flatMap((line) => /^message (\w+) \{$/.exec(line)?.[1] ?? [])
  const fields = lines.flatMap((line) => {
    const [, type, name, number] = /^(\w+) (\w+) = (\d+);/.exec(line) ?? []
    return type ? [{ type, name, number: Number(number) }] : []
  })
  const comments = lines.flatMap((line) => /\/\/ (.*)$/.exec(line)?.[1] ?? [])
  assert.ok(fields.length > 0 && comments.length > 0)
  assert.equal(file_report.proto.syntax, syntax)
  assert.deepEqual(
    file_report.messages.map(({ name }) => name),
    messages,
  )
  const types = { 1: 'double', 9: 'string' } as const
  assert.deepEqual(
    ReportSchema.fields.map(({ proto: { type, name, number } }) => ({
      type: types[type as 1 | 9],
      name,
      number,
    })),
    fields,
  )
  for (const { type, name, number } of fields)
    assert.ok(generated!.includes(`from field: ${type} ${name} = ${number};`))
  for (const comment of comments) assert.ok(generated!.includes(` * ${comment}\n`), comment)
})
