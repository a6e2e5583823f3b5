import {
  type CallbackWithPromise,
  Consumer,
  type FetchOptions,
  type fetchV17,
  IS_CONTROL,
  IS_TRANSACTIONAL,
} from '@platformatic/kafka'

type Options = FetchOptions<Buffer, Buffer, Buffer, Buffer>
type Response = fetchV17.FetchResponse
type Partition = Response['responses'][number]['partitions'][number]

/**
 * The client library's consumer, so that it reads nothing that was aborted.
 *
 * By itself it takes a transaction for aborted only when the marker of the abort is in the same response, and of several
 * aborted ones of a producer only the last. An aborted range that is larger than a response thus came through.
 */
export class CommittedConsumer extends Consumer {
  override fetch(options: Options): Promise<Response>
  override fetch(options: Options, callback: CallbackWithPromise<Response>): void
  override fetch(options: Options, callback?: CallbackWithPromise<Response>): Promise<Response> | undefined {
    if (!callback) return super.fetch(options).then(withoutAborted)
    super.fetch(options, (error, response) => callback(error, response && withoutAborted(response)))
    return undefined
  }
}

/** Empties the batches that were aborted; they stay, because the library goes on after the last one. */
function withoutAborted(response: Response): Response {
  for (const { partitions } of response.responses) for (const partition of partitions) emptyAborted(partition)
  return response
}

/** The broker names the aborted transactions that reach into its response; each goes on to its producer's next marker. */
function emptyAborted({ records: batches, abortedTransactions }: Partition): void {
  const ahead = (abortedTransactions ?? []).toSorted((a, b) => Number(a.firstOffset - b.firstOffset))
  const aborting = new Set<bigint>()
  for (const batch of batches ?? []) {
    const lastOffset = batch.firstOffset + BigInt(batch.lastOffsetDelta)
    while (ahead[0] && ahead[0].firstOffset <= lastOffset) aborting.add(ahead.shift()!.producerId)
    if (batch.attributes & IS_CONTROL) aborting.delete(batch.producerId)
    else if (batch.attributes & IS_TRANSACTIONAL && aborting.has(batch.producerId)) batch.records = []
  }
}
