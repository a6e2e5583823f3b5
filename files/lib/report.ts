import { create, toBinary } from '@bufbuild/protobuf'
import { type Report, ReportSchema } from '../report_pb.ts'

/** A record of the topic: key the month's English name, value the protobuf report. */
export type WeatherRecord = { key: Buffer; value: Buffer }

/** Encodes a day's report, `degrees` in °F, as the value of a record. */
export function encodeReport(date: string, degrees: number): Buffer {
  return Buffer.from(toBinary(ReportSchema, create(ReportSchema, { date, degrees })))
}

export type { Report }
