import { type Answer, readProduceRequest, readProduceResponse } from './produce-frames.ts'

/** What a record in the log is to us. */
export type LoggedRecord = { partition: number; offset: number; key: string; date: string; degrees: number }

/** Knows from the wire which records the broker has acknowledged, whatever reached the producer of it. */
export type Acknowledged = {
  /** To be called with each produce request and its response, frames as they are on the wire. */
  observe: (request: Buffer, response: Buffer) => void
  /** How many records were acknowledged since the topic was created. */
  count: () => number
  /** When a record was acknowledged last, in milliseconds since 1970; 0 for never. */
  at: () => number
  /** Forgets all: the topic is recreated. */
  forget: () => void
  /** Lists, a line each, what is not as acknowledged in the log; at most ten. */
  missingFrom: (log: readonly LoggedRecord[]) => string[]
}

/** Makes an empty memory of acknowledgements. */
export function rememberAcknowledged(): Acknowledged {
  const texts = new Map<string, string>()
  const conflicts: string[] = []
  let at = 0
  const observe = (request: Buffer, response: Buffer) => {
    const records = Map.groupBy(readProduceRequest(request), ({ partition }) => partition)
    for (const { partition, baseOffset } of readProduceResponse(response).filter(isAcknowledged)) {
      for (const [index, record] of (records.get(partition) ?? []).entries()) {
        const place = `partition ${partition}, offset ${baseOffset + index}`
        const text = describe(record)
        const before = texts.get(place)
        if (before !== undefined && before !== text)
          conflicts.push(`${place}: acknowledged as ${before} and as ${text}`)
        texts.set(place, text)
        at = Date.now()
      }
    }
  }
  const missingFrom = (log: readonly LoggedRecord[]) => {
    const found = new Map(
      log.map((record) => [`partition ${record.partition}, offset ${record.offset}`, describe(record)]),
    )
    const missing = [...texts]
      .filter(([place, text]) => found.get(place) !== text)
      .map(([place, text]) => `${place}: acknowledged ${text}, the log has ${found.get(place) ?? 'nothing'}`)
    return [...conflicts, ...missing].slice(0, 10)
  }
  const forget = () => texts.clear()
  return { observe, count: () => texts.size, at: () => at, forget, missingFrom }
}

/** An offset below 0 is that of a batch that the broker had already, and too long ago to know where. */
function isAcknowledged({ errorCode, baseOffset }: Answer): boolean {
  return errorCode === 0 && baseOffset >= 0
}

function describe({ key, date, degrees }: { key: string; date: string; degrees: number }): string {
  return `${key} ${date} ${degrees}`
}
