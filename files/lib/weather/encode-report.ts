import { create, toBinary } from '@bufbuild/protobuf'
import { ReportSchema } from '../../report_pb.ts'

/** Encodes a day's report, `degrees` in °F, as the value of a record. */
export function encodeReport(date: string, degrees: number): Buffer {
  return Buffer.from(toBinary(ReportSchema, create(ReportSchema, { date, degrees })))
}
