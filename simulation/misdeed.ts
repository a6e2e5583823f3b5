/** What a program did that it must not do. */
export class Misdeed extends Error {
  override name = 'Misdeed'
}
