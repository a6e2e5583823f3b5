import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import test from 'node:test'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { readInputs } from '../../../files/lib/observations/observations.ts'
import { temporaryFolder } from '../../support/program.ts'

const csv = 'date,tmax_c\n2020-01-01,5\n'

/** Reads bytes as if they were a file named f; its first byte comes alone, as it may from a pipe. */
function read(file: Buffer | string) {
  const bytes = Buffer.from(file)
  const chunks = () =>
    Readable.from([bytes.subarray(0, 1), bytes.subarray(1)].filter(({ length }) => length > 0))
  return readInputs([() => ({ source: 'f', chunks: chunks() })], {})
}

/** An archive of tar with one file, as of POSIX. */
async function tarOf(t: test.TestContext, name: string): Promise<Buffer> {
  const folder = await temporaryFolder(t)
  await writeFile(join(folder, name), csv)
  return execFileSync('tar', ['-c', '--format=ustar', '-f', '-', '-C', folder, name])
}

// Of the CSV above, made by zip, bzip2 and xz.
const zip = 'UEsDBBQAAAAAAFsXeV0SkB/NGQAAABkAAAAFAAAAeC5jc3ZkYXRlLHRtYXhfYwoyMDIwLTAxLTAxLDUK'
const [bzip2, xz] = ['QlpoOTFBWSZTWQ==', '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj']
const fromBase64 = (text: string) => Buffer.from(text, 'base64')
const utf16 = Buffer.from(csv, 'utf16le')

const refused: [what: string, file: Buffer | string, error: RegExp][] = [
  ['no bytes', '', /^f: it is empty\. Expected observations\./],
  ['blanks', ' \r\n\n', /^f: it is empty\./],
  ['a byte order mark alone', '\uFEFF', /^f: it is empty\./],
  ['gzip of nothing', gzipSync(''), /^f: it is empty\./],
  ['zip', fromBase64(zip), /^f: it is a ZIP archive \(the first file in it: 'x\.csv'\)\. .*unzip FILE\./],
  ['zip without a file', `PK\x05\x06${'\0'.repeat(18)}`, /^f: it is a ZIP archive\./],
  ['bzip2', fromBase64(bzip2), /^f: it is packed by bzip2\. Unpack it: bunzip2 FILE\./],
  ['xz', fromBase64(xz), /^f: it is packed by xz\. Unpack it: unxz FILE\./],
  ['zstd', zstdCompressSync(csv), /^f: it is packed by zstd\. Unpack it: unzstd FILE\./],
  ['gzip twice', gzipSync(gzipSync(csv)), /^f: it is packed by gzip twice\. Unpack it/],
  [
    'an Excel workbook',
    `PK\x03\x04${'\0'.repeat(22)}\x13\0\0\0[Content_Types].xml`,
    /a workbook of Excel\. Save it as CSV/,
  ],
  ['an old Excel workbook', fromBase64('0M8R4KGxGuE='), /a workbook of Excel\. Save it as CSV/],
  [
    'UTF-16 with a mark',
    Buffer.concat([fromBase64('//4='), utf16]),
    /^f: it is text in UTF-16LE\. .*iconv -f UTF-16LE/,
  ],
  ['UTF-16 without a mark', utf16, /text in UTF-16LE/],
  ['UTF-16, the other byte first', Buffer.from(utf16).swap16(), /text in UTF-16BE/],
  ['UTF-16 within gzip', gzipSync(utf16), /text in UTF-16LE/],
  [
    'a web page',
    '\n<!DOCTYPE html>\n<html><title>404 Not\tFound</title>',
    /^f: it is a web page \(HTML\) with the title '404 Not\\tFound'\. Download/,
  ],
  ['a web page without a title', '<html><body>date,tmax_c', /^f: it is a web page \(HTML\)\. Download/],
  ['XML', '<?xml version="1.0"?><Error><Code>NoSuchKey</Code></Error>', /^f: it is XML\./],
  ['JSON', '[{"DATE":"2020-01-01","TMAX":"6"}]', /^f: it is JSON\. Ask for CSV/],
  ['JSON with a mark', '\uFEFF{\n  "data": []}', /^f: it is JSON\./],
  ['a PDF', '%PDF-1.7\n', /^f: it is a PDF document\./],
  ['a Git LFS pointer', 'version https://git-lfs.github.com/spec/v1\n', /a Git LFS pointer.*git lfs pull/],
  [
    'what begins as SQLite does and is none',
    'SQLite format 3\0'.padEnd(512, '\0'),
    /^f: SQLite cannot read the database \(file is not a database\)/,
  ],
  ['bytes', Buffer.from([7, 200, 0, 1, 10]), /^f: it is binary/],
]

for (const [what, file, error] of refused) {
  test(`a file that is nothing to read is named, with what to do: ${what}`, async () => {
    await assert.rejects(read(file), { name: 'OperatingError', message: error })
  })
}

test('an archive of tar is named with the first file in it, packed by gzip or not', async (t) => {
  const tar = await tarOf(t, 'USW00094728.dly')
  await assert.rejects(
    read(tar),
    /^OperatingError: f: it is a tar archive\. .*tar -xf FILE \(the first one is 'USW00094728\.dly'\)/,
  )
  await assert.rejects(read(gzipSync(tar)), /f: it is a tar archive packed by gzip\. .*tar -xzf FILE/)
})

test('text in UTF-8 or Latin-1 is read, with a byte order mark or without, packed by gzip or not', async () => {
  const days = [{ date: '2020-01-01', degrees: 41 }]
  const latin1 = Buffer.from('date,tmax_c,note\n2020-01-01,5,24\xb0 later\n', 'latin1')
  for (const file of [
    csv,
    `\uFEFF${csv}`,
    gzipSync(`\uFEFF${csv}`),
    'date,tmax_c,Höchstwert\n2020-01-01,5,ja\n',
    latin1,
  ])
    assert.deepEqual((await read(file)).days, days)
})
