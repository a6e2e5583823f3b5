import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStatusLine } from '../../../files/lib/core/status-line.ts'

/** A stream that keeps what is written; a terminal when it has columns. */
function memoryStream(columns?: number) {
  const written: string[] = []
  const stream = { isTTY: columns !== undefined, columns, write: (text: string) => written.push(text) }
  return { stream: stream as unknown as NodeJS.WriteStream, written }
}

const status = 'x'.repeat(200)

test('a status is cut to the width of the terminal, and to 80 columns where it does not tell', () => {
  for (const [columns, shown] of [
    [120, 119],
    [5, 20],
    [0, 79],
  ] as const) {
    const { stream, written } = memoryStream(columns)
    openStatusLine(stream).show(status)
    assert.deepEqual(written, [`\r${'x'.repeat(shown)}\x1b[K`])
  }
})

test('a line that stays is printed over the status, which follows it', () => {
  const { stream, written } = memoryStream(120)
  const line = openStatusLine(stream)
  line.show('busy')
  line.say('done')
  line.end()
  assert.equal(written.join(''), '\rbusy\x1b[K\r\x1b[Kdone\n\rbusy\x1b[K\n')
})

test('foreign text in a line does not act on the terminal', () => {
  const { stream, written } = memoryStream()
  openStatusLine(stream).say('refused: \x1b[2J\u202e')
  assert.deepEqual(written, ['refused: \\u001b[2J\\u202e\n'])
})

test('where there is no terminal, only lines are printed', () => {
  const { stream, written } = memoryStream()
  const line = openStatusLine(stream)
  line.show('busy')
  line.say('done')
  line.end()
  assert.deepEqual(written, ['done\n'])
})
