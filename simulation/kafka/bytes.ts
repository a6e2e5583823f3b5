/*
 * Kafka's encoding, as its protocol guide has it: big-endian integers, and the compact forms of the flexible versions. Of
 * its own, and not files/lib/kafka/wire.ts: a mistake there must not be made here as well.
 */

/** Writes the fields of a request or an answer. */
export class FieldWriter {
  readonly #pieces: Buffer[] = []

  int8 = (value: number) => this.#put(1, (bytes) => bytes.writeInt8(value))
  int16 = (value: number) => this.#put(2, (bytes) => bytes.writeInt16BE(value))
  int32 = (value: number) => this.#put(4, (bytes) => bytes.writeInt32BE(value))
  int64 = (value: number | bigint) => this.#put(8, (bytes) => bytes.writeBigInt64BE(BigInt(value)))
  uuid = (text: string) => this.raw(Buffer.from(text.replaceAll('-', ''), 'hex'))
  noTags = () => this.int8(0)

  raw(bytes: Buffer): this {
    this.#pieces.push(bytes)
    return this
  }

  unsignedVarint(value: number): this {
    const bytes: number[] = []
    let rest = value
    for (; rest > 0x7f; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80)
    return this.raw(Buffer.from([...bytes, rest]))
  }

  string(text: string | null): this {
    return this.bytes(text === null ? null : Buffer.from(text))
  }

  bytes(bytes: Buffer | null): this {
    return bytes ? this.unsignedVarint(bytes.length + 1).raw(bytes) : this.unsignedVarint(0)
  }

  array<Item>(items: readonly Item[], write: (item: Item) => void): this {
    this.unsignedVarint(items.length + 1)
    for (const item of items) write(item)
    return this
  }

  /** A tagged field alone in its structure. */
  tag(number: number, write: (writer: FieldWriter) => void): this {
    const field = new FieldWriter()
    write(field)
    const bytes = field.whole()
    return this.unsignedVarint(1).unsignedVarint(number).unsignedVarint(bytes.length).raw(bytes)
  }

  whole(): Buffer {
    return Buffer.concat(this.#pieces)
  }

  #put(size: number, write: (bytes: Buffer) => void): this {
    const bytes = Buffer.alloc(size)
    write(bytes)
    return this.raw(bytes)
  }
}

/** Reads the fields of a request or an answer. */
export class FieldReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  int8 = () => this.#bytes.readInt8(this.#pass(1))
  int16 = () => this.#bytes.readInt16BE(this.#pass(2))
  int32 = () => this.#bytes.readInt32BE(this.#pass(4))
  int64 = () => Number(this.#bytes.readBigInt64BE(this.#pass(8)))

  unsignedVarint(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes.readUInt8(this.#pass(1))
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
  }

  uuid(): string {
    const hex = this.#bytes.toString('hex', this.#at, this.#pass(16) + 16)
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  }

  /** A string whose length has 16 bits, as in a request's header. */
  oldString(): string {
    const length = Math.max(this.int16(), 0)
    const start = this.#pass(length)
    return this.#bytes.toString('utf8', start, start + length)
  }

  string(): string | null {
    return this.bytes()?.toString() ?? null
  }

  array<Item>(read: () => Item): Item[] {
    return Array.from({ length: Math.max(this.unsignedVarint() - 1, 0) }, read)
  }

  /** Compact bytes; null where there are none. */
  bytes(): Buffer | null {
    const length = this.unsignedVarint() - 1
    if (length < 0) return null
    const start = this.#pass(length)
    return this.#bytes.subarray(start, start + length)
  }

  /** The tagged fields that end a structure, by number. */
  tags(): Map<number, Buffer> {
    const fields = new Map<number, Buffer>()
    for (let count = this.unsignedVarint(); count > 0; count--) {
      const number = this.unsignedVarint()
      const length = this.unsignedVarint()
      const start = this.#pass(length)
      fields.set(number, this.#bytes.subarray(start, start + length))
    }
    return fields
  }

  #pass(count: number): number {
    const start = this.#at
    if (start + count > this.#bytes.length)
      throw new RangeError('a request or an answer ends before its fields do')
    this.#at = start + count
    return start
  }
}
