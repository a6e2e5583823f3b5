import { OperatingError } from '../core/program.ts'
import { quoted } from '../core/quoted.ts'

/** What a file is that no format is asked about, and what to do with it. */
type Kind = { what: string; advice: string }

const unpackFirst = 'Unpack it, and give the file that is in it'
const saveAsCsv = 'Save it as CSV (UTF-8)'

/** How files begin that hold other files, or are packed otherwise than by gzip: bytes as Latin-1. */
const packed: readonly [start: string, what: string, advice: string][] = [
  ['BZh', 'packed by bzip2', 'Unpack it: bunzip2 FILE'],
  ['\xfd7zXZ\0', 'packed by xz', 'Unpack it: unxz FILE'],
  ['\x28\xb5\x2f\xfd', 'packed by zstd', 'Unpack it: unzstd FILE'],
  ['\x1f\x9d', 'packed by compress', 'Unpack it: uncompress FILE'],
  ['7z\xbc\xaf\x27\x1c', 'a 7z archive', unpackFirst],
  ['Rar!\x1a\x07', 'a RAR archive', unpackFirst],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'a workbook of Excel', saveAsCsv],
  ['%PDF-', 'a PDF document', 'Download the data as CSV'],
  ['PAR1', 'a Parquet file', saveAsCsv],
  ['\x89HDF\r\n', 'a netCDF or HDF5 file', saveAsCsv],
  ['CDF\x01', 'a netCDF file', saveAsCsv],
  ['CDF\x02', 'a netCDF file', saveAsCsv],
  ['GRIB', 'a GRIB file', saveAsCsv],
]

const sqlite = 'SQLite format 3\0'

/** How many bytes of a file `refuseArchive` looks at. */
export const archiveBytes = 512

/**
 * Refuses a file that is an archive, or packed otherwise than by gzip.
 *
 * @param start its first bytes as they come, at most `archiveBytes`
 * @throws OperatingError that says what the file is and what to do
 */
export function refuseArchive(source: string, start: Buffer): void {
  const text = start.toString('latin1')
  const zipped = text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06') ? zipOf(start) : undefined
  const [, what = '', advice = ''] = packed.find(([begin]) => text.startsWith(begin)) ?? []
  if (zipped || what) throw refusal(source, zipped ?? { what, advice })
}

/**
 * Tells what a file is, before any format is asked: text, or a database of SQLite.
 *
 * @param head its first bytes, unpacked and without a byte order mark
 * @param isPacked whether gzip was taken off
 * @throws OperatingError that says what the file is and what to do, when it is neither
 */
export function identify(source: string, head: Buffer, isPacked: boolean): 'text' | 'SQLite' {
  const text = head.toString('latin1')
  if (isBlank(head)) throw refusal(source, { what: 'empty', advice: 'Expected observations' })
  if (text.startsWith(sqlite)) return 'SQLite'
  if (isPacked) refuseArchive(source, head.subarray(0, archiveBytes))
  const kind = unreadable(head, text, isPacked)
  if (kind) throw refusal(source, kind)
  return 'text'
}

/** Whether there is nothing but blanks and line ends. */
export function isBlank(bytes: Buffer): boolean {
  return bytes.toString('latin1').trim() === ''
}

function unreadable(head: Buffer, text: string, isPacked: boolean): Kind | undefined {
  if (text.slice(257, 262) === 'ustar')
    return {
      what: isPacked ? 'a tar archive packed by gzip' : 'a tar archive',
      advice: tarAdvice(text, isPacked),
    }
  if (isPacked && text.startsWith('\x1f\x8b'))
    return { what: 'packed by gzip twice', advice: 'Unpack it: gunzip FILE' }
  const encoding = wideEncoding(head)
  if (encoding)
    return {
      what: `text in ${encoding}`,
      advice: `Save it as UTF-8, or convert it: iconv -f ${encoding} -t UTF-8 FILE > NEW.csv`,
    }
  const start = text.slice(0, 4096).trimStart()
  if (/^<(?:!doctype html|html|head|body|!--)/i.test(start)) return webPage(start)
  if (/^<\?xml|^<[a-z][\w:-]*[\s>]/i.test(start)) return { what: 'XML', advice: saveAsCsv }
  if (/^\{\s*(?:"|\})|^\[\s*[[{\]]/.test(start))
    return { what: 'JSON', advice: 'Ask for CSV: NCEI and most services have it as an option (format=csv)' }
  if (start.startsWith('version https://git-lfs'))
    return { what: 'a Git LFS pointer in place of the file', advice: 'Fetch the file: git lfs pull' }
  if (head.some(isControl))
    return { what: 'binary, of a kind not known here', advice: 'Expected text, such as CSV' }
  return undefined
}

/** A control character that is in no text: tab to carriage return, ^Z and escape are. */
function isControl(byte: number): boolean {
  return byte < 32 && !(byte >= 9 && byte <= 13) && byte !== 26 && byte !== 27
}

/** UTF-16 and UTF-32 by their byte order marks, or UTF-16 by every other one of the first bytes being zero. */
function wideEncoding(head: Buffer): string | undefined {
  const mark = head.toString('hex', 0, 4)
  if (mark === 'fffe0000' || mark === '0000feff') return 'UTF-32'
  const first = head.subarray(0, 8)
  const zeros = (parity: number) => first.every((byte, index) => (byte === 0) === (index % 2 === parity))
  if (mark.startsWith('fffe') || zeros(1)) return 'UTF-16LE'
  return mark.startsWith('feff') || zeros(0) ? 'UTF-16BE' : undefined
}

function webPage(start: string): Kind {
  const title = /<title[^>]*>([^<]*)/i.exec(start)?.[1]?.trim()
  const what = `a web page (HTML)${title ? ` with the title ${quoted(title)}` : ''}`
  return { what, advice: 'Download the data again, and look into the file before it is used' }
}

/** A ZIP archive is named with the first file in it: an Excel workbook is one as well. */
function zipOf(start: Buffer): Kind {
  const name = start.length > 30 ? start.toString('latin1', 30, 30 + start.readUInt16LE(26)) : ''
  if (/^(?:\[Content_Types\]|_rels\/|xl\/|docProps\/)/.test(name))
    return { what: 'a workbook of Excel', advice: saveAsCsv }
  const first = name ? ` (the first file in it: ${quoted(name)})` : ''
  return { what: `a ZIP archive${first}`, advice: `${unpackFirst}: unzip FILE` }
}

function tarAdvice(text: string, isPacked: boolean): string {
  const name = text.slice(0, 100).split('\0', 1)[0]!
  return `${unpackFirst}: tar -x${isPacked ? 'z' : ''}f FILE (the first one is ${quoted(name)})`
}

function refusal(source: string, { what, advice }: Kind): OperatingError {
  return new OperatingError(`${source}: it is ${what}. ${advice}. Nothing has been sent.`)
}
