import { fromBinary } from '@bufbuild/protobuf'
import { type Report, ReportSchema } from '../../report_pb.ts'
import { pythonBytes, pythonFloat, pythonString } from './python.ts'

/**
 * Formats a record as a Python dictionary:
 * `{'partition': 2, 'key': 'December', 'date': '2000-12-26', 'degrees': 31.5235}`.
 *
 * It shows what is there: a date that is no day, or a key that is not its month, too. A value that is no report still
 * makes a line that Python can parse, date and degrees None and the bytes as `value`, for whoever looks at a topic wants
 * to see such a record most.
 */
export function formatRecord(partition: number, key: Buffer | undefined, value: Buffer | undefined): string {
  const start = `{'partition': ${partition}, 'key': ${formatKey(key)}`
  const report = decode(value)
  if (report)
    return `${start}, 'date': ${pythonString(report.date)}, 'degrees': ${pythonFloat(report.degrees)}}`
  return `${start}, 'date': None, 'degrees': None, 'value': ${value ? pythonBytes(value) : 'None'}}`
}

function formatKey(key: Buffer | undefined): string {
  if (!key) return 'None'
  const text = key.toString()
  return Buffer.from(text).equals(key) ? pythonString(text) : pythonBytes(key)
}

function decode(value: Buffer | undefined): Report | undefined {
  if (!value) return undefined
  try {
    return fromBinary(ReportSchema, value)
  } catch {
    return undefined // The library says only by throwing that bytes are no message.
  }
}
