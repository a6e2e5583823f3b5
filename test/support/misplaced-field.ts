import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'

/**
 * Whether a value has a date or degrees of another wire type than report.proto gives them. The protobuf library reads such
 * a value without looking, as it does varints that are too long.
 *
 * @throws when the value is no protobuf
 */
export function hasMisplacedField(value: Buffer): boolean {
  for (const reader = new StrictReader(value); reader.pos < reader.len; ) {
    const [number, wireType] = reader.tag()
    if (number === 1 && wireType !== WireType.LengthDelimited) return true
    if (number === 2 && wireType !== WireType.Bit64) return true
    reader.skip(wireType, number)
  }
  return false
}

/** The library's reader with protobuf's bounds: 10 bytes a varint; 5 bytes and 32 bits a tag or length. */
class StrictReader extends BinaryReader {
  override uint32 = () => {
    const start = this.pos
    const value = Number(this.uint64())
    if (this.pos - start > 5 || value >= 2 ** 32) throw new Error('a tag or length beyond 32 bits')
    return value
  }

  override skip(wireType: WireType, fieldNumber?: number, depthLeft?: number): Uint8Array {
    const start = this.pos
    if (wireType === WireType.Varint) this.uint64() // throws beyond 10 bytes
    this.pos = start
    return super.skip(wireType, fieldNumber, depthLeft)
  }
}
