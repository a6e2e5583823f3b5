/*
 * Kafka's encoding of requests and responses: big-endian integers, and the compact strings and arrays of the "flexible"
 * versions, whose lengths are unsigned varints one higher than the length (0 is null). Record batches have an encoding of
 * their own: record-batch.ts.
 */

/** Writes the fields of a request one after the other. */
export class RequestWriter {
  #bytes = Buffer.allocUnsafe(256)
  #end = 0

  /** What was written so far. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#end)
  }

  int8(value: number): this {
    this.#grow(1)
    this.#end = this.#bytes.writeInt8(value, this.#end)
    return this
  }

  int16(value: number): this {
    this.#grow(2)
    this.#end = this.#bytes.writeInt16BE(value, this.#end)
    return this
  }

  int32(value: number): this {
    this.#grow(4)
    this.#end = this.#bytes.writeInt32BE(value, this.#end)
    return this
  }

  int64(value: number): this {
    this.#grow(8)
    this.#end = this.#bytes.writeBigInt64BE(BigInt(value), this.#end)
    return this
  }

  unsignedVarint(value: number): this {
    let rest = value
    for (; rest >= 0x80; rest >>>= 7) this.int8(((rest & 0x7f) | 0x80) - 256)
    return this.int8(rest)
  }

  /** A string with a length of 16 bits, as in request headers. */
  string(text: string): this {
    const bytes = Buffer.from(text)
    return this.int16(bytes.length).raw(bytes)
  }

  compactString(text: string): this {
    const bytes = Buffer.from(text)
    return this.unsignedVarint(bytes.length + 1).raw(bytes)
  }

  compactArray<Item>(items: readonly Item[], write: (item: Item) => void): this {
    this.unsignedVarint(items.length + 1)
    for (const item of items) write(item)
    return this
  }

  /** A topic's id, in the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx. */
  uuid(text: string): this {
    return this.raw(Buffer.from(text.replaceAll('-', ''), 'hex'))
  }

  /** Ends a structure without tagged fields. */
  noTags(): this {
    return this.int8(0)
  }

  raw(bytes: Uint8Array): this {
    this.#grow(bytes.length)
    this.#bytes.set(bytes, this.#end)
    this.#end += bytes.length
    return this
  }

  #grow(count: number): void {
    if (this.#end + count <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#end + count))
    this.#bytes.copy(larger, 0, 0, this.#end)
    this.#bytes = larger
  }
}

/**
 * Reads the fields of a response one after the other.
 *
 * Each method throws a RangeError where the bytes end before the field does.
 */
export class ResponseReader {
  readonly #bytes: Buffer
  #position = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int8(): number {
    return this.#bytes.readInt8(this.#advance(1))
  }

  int16(): number {
    return this.#bytes.readInt16BE(this.#advance(2))
  }

  int32(): number {
    return this.#bytes.readInt32BE(this.#advance(4))
  }

  /** A 64-bit integer as a number: offsets are exact up to 2^53. */
  int64(): number {
    return Number(this.#bytes.readBigInt64BE(this.#advance(8)))
  }

  bigint64(): bigint {
    return this.#bytes.readBigInt64BE(this.#advance(8))
  }

  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#advance(1))
      value += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) return value
    }
    throw new RangeError('a varint has more than five bytes')
  }

  /** A compact string; null where there is none. */
  compactString(): string | null {
    const bytes = this.compactBytes()
    return bytes?.toString() ?? null
  }

  /** Compact bytes, a part of the response; null where there are none. */
  compactBytes(): Buffer | null {
    const length = this.unsignedVarint() - 1
    if (length < 0) return null
    const start = this.#advance(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** A compact array; empty where it is null. */
  compactArray<Item>(read: () => Item): Item[] {
    const items: Item[] = []
    for (let count = this.unsignedVarint() - 1; count > 0; count--) items.push(read())
    return items
  }

  /** A topic's id, in the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx. */
  uuid(): string {
    const start = this.#advance(16)
    const hex = this.#bytes.toString('hex', start, start + 16)
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  /** Passes over the tagged fields that end a structure; `onTag` may read the one it is told of. */
  tags(onTag?: (tag: number) => void): void {
    for (let count = this.unsignedVarint(); count > 0; count--) {
      const tag = this.unsignedVarint()
      const length = this.unsignedVarint()
      const start = this.#advance(length)
      if (!onTag) continue
      this.#position = start
      onTag(tag)
      this.#position = start + length
    }
  }

  /** Passes over a field of that many bytes. */
  skip(count: number): void {
    this.#advance(count)
  }

  /** The bytes from here to the end. */
  rest(): Buffer {
    return this.#bytes.subarray(this.#position)
  }

  #advance(count: number): number {
    const start = this.#position
    if (start + count > this.#bytes.length) {
      throw new RangeError(
        `a field of ${count} bytes begins ${this.#bytes.length - start} bytes before the end`,
      )
    }
    this.#position = start + count
    return start
  }
}
