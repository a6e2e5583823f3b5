let viewed: Buffer = Buffer.alloc(0)
let view: DataView = new DataView(viewed.buffer)

/**
 * A view of the bytes, kept while they stay the same: it reads a number of several bytes in one go, which a Buffer does
 * several times as slowly, and to make one a batch would be felt.
 */
export function viewOf(bytes: Buffer): DataView {
  if (bytes !== viewed) {
    viewed = bytes
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  }
  return view
}
