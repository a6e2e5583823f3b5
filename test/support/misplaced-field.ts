import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'

/**
 * Whether a value has a date or degrees of another wire type than report.proto gives them. The protobuf library reads such
 * a value without looking.
 *
 * @throws when the value is no protobuf
 */
export function hasMisplacedField(value: Buffer): boolean {
  for (const reader = new BinaryReader(value); reader.pos < reader.len; ) {
    const [number, wireType] = reader.tag()
    if (number === 1 && wireType !== WireType.LengthDelimited) return true
    if (number === 2 && wireType !== WireType.Bit64) return true
    reader.skip(wireType, number)
  }
  return false
}
