import { create, toBinary } from '@bufbuild/protobuf'
import { compatibilityPartitioner, ProduceAcks, Producer } from '@platformatic/kafka'
import { ReportSchema } from '../../files/report_pb.ts'
import type { Compression } from './build-batch.ts'

export type RawRecord = { key: Buffer | null; value: Buffer | null; partition?: number }

const months = 'January February March April May June July August September October November December'.split(
  ' ',
)

/** A record as producer.ts would send it. */
export function reportRecord(date: string, degrees: number): RawRecord {
  return {
    key: Buffer.from(months[Number(date.slice(5, 7)) - 1]!),
    value: Buffer.from(toBinary(ReportSchema, create(ReportSchema, { date, degrees }))),
  }
}

/** Sends records of any kind, in as many sends as there are groups, so that each group is a batch of its own. */
export async function sendRecords(
  address: string,
  topic: string,
  groups: readonly (readonly RawRecord[])[],
  compression: Exclude<Compression, 'snappy in xerial frames'> = 'none',
): Promise<void> {
  const producer = new Producer({
    ...{ clientId: 'test', bootstrapBrokers: [address], acks: ProduceAcks.ALL, idempotent: true, retries: 5 },
    partitioner: compatibilityPartitioner,
    compression,
  })
  try {
    for (const group of groups) {
      // The library takes undefined for a null key or value.
      const messages = group.map(({ key, value, partition }) => ({
        ...{ topic, key: key ?? undefined, value: value ?? undefined },
        ...(partition === undefined ? {} : { partition }),
      }))
      await producer.send({ messages: messages as { topic: string; key: Buffer; value: Buffer }[] })
    }
  } finally {
    await producer.close()
  }
}
