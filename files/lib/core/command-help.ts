import type { Command, Option } from './command.ts'

const widthMax = 96
const indent = '  '

/** How a command is called, in one line. */
export function synopsisOf({ name, argument, options }: Command): string {
  const parts = [name, argument?.placeholder, Object.keys(options).length > 0 ? '[options]' : undefined]
  return parts.filter(Boolean).join(' ')
}

/** The text of `--help`. */
export function describeCommand(command: Command): string {
  const { purpose, argument, options, settings = [], examples } = command
  const own = Object.entries(options).map(([name, option]) => [callOf(name, option), sentenceOf(option)])
  const common = [
    ['-h, --help', 'Print this text.'],
    ['--version', 'Print the version.'],
  ]
  const environment = `${settings.join(', ')}. docs/configuration.md explains them.`
  return [
    `Usage: ${synopsisOf(command)}`,
    wrap(purpose, widthMax).join('\n'),
    ...(argument ? [section('Arguments', [[argument.placeholder, argument.help]])] : []),
    section('Options', [...own, ...common]),
    section('Examples', examples),
    ...(settings.length > 0 ? [`Settings from the environment:\n${paragraph(environment)}`] : []),
    'Exit codes: 0 a clean stop, 1 a failure, 2 wrong usage.',
  ].join('\n\n')
}

function callOf(name: string, { placeholder, isList }: Option<unknown>): string {
  return `--${name}${placeholder ? ` ${placeholder}` : ''}${isList ? '...' : ''}`
}

function sentenceOf({ help, fallback, needs }: Option<unknown>): string {
  return [help, fallback && `Default: ${fallback}.`, needs && `Needs --${needs}.`].filter(Boolean).join(' ')
}

/** Rows of two columns; a left one that is too wide has a line of its own. */
function section(title: string, rows: readonly (readonly string[])[]): string {
  const widest = Math.max(...rows.map(([left]) => left!.length).filter((length) => length <= 30), 0)
  const column = indent.length + widest + 2
  const lines = rows.flatMap(([left, right]) => {
    const [first = '', ...more] = wrap(right!, widthMax - column).map((line) => ' '.repeat(column) + line)
    const head = `${indent}${left}`
    return head.length > column - 2
      ? [head, first, ...more]
      : [head.padEnd(column) + first.trimStart(), ...more]
  })
  return [`${title}:`, ...lines].join('\n')
}

function paragraph(text: string): string {
  return wrap(text, widthMax - indent.length)
    .map((line) => indent + line)
    .join('\n')
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
