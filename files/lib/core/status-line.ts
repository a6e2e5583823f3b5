import { printable } from './quoted.ts'

/** Where a program tells its user how it goes: one line redrawn on a terminal, plain lines only elsewhere. */
export type StatusLine = {
  isTerminal: boolean
  /** Prints a line that stays. */
  say: (line: string) => void
  /** Redraws the status; nothing happens where there is no terminal. */
  show: (text: string) => void
  /** Takes the status away. */
  clear: () => void
  /** Leaves the last status behind as a line. */
  end: () => void
}

/** Opens a status line on a stream, standard error unless told otherwise. */
export function openStatusLine(stream: NodeJS.WriteStream = process.stderr): StatusLine {
  const isTerminal = stream.isTTY === true
  let shown = ''
  const draw = (text: string) => {
    // Cut to the width, for a line that wraps cannot be redrawn; \x1b[K clears what was longer. Some terminals, those of
    // `script` and of CI, say that they have 0 columns.
    const width = Math.max((stream.columns || 80) - 1, 20)
    if (isTerminal) stream.write(`\r${text.slice(0, width)}\x1b[K`)
    shown = text
  }
  return {
    isTerminal,
    say: (line) => {
      stream.write(`${isTerminal ? '\r\x1b[K' : ''}${printable(line)}\n`)
      if (shown) draw(shown)
    },
    show: (text) => {
      if (isTerminal) draw(text)
    },
    clear: () => {
      if (shown) stream.write('\r\x1b[K')
      shown = ''
    },
    end: () => {
      if (shown) stream.write('\n')
      shown = ''
    },
  }
}
