import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { OperatingError } from '../files/lib/core/program.ts'
import { findCommand, findJavaCommand } from './find-command.ts'
import { runChild } from './run-child.ts'

/** For what the machine is set up: each includes those before it. `librdkafka` is for `npm run test:librdkafka`. */
const extents = ['programs', 'tests', 'librdkafka'] as const
type Extent = (typeof extents)[number]

/** Something that is looked for as a command, the Debian package that has it, and who needs it. */
type Need = { command: string; debianPackage: string; for: Extent; isThere?: () => boolean }

const needs: Need[] = [
  { command: 'setpriv', debianPackage: 'util-linux', for: 'programs' },
  { command: 'flock', debianPackage: 'util-linux', for: 'programs' },
  { command: 'java', debianPackage: 'default-jre-headless', for: 'programs' },
  { command: 'mvn', debianPackage: 'maven', for: 'programs' },
  { command: 'openssl', debianPackage: 'openssl', for: 'tests' },
  { command: 'chromium', debianPackage: 'chromium', for: 'tests' },
  { command: 'javac', debianPackage: 'default-jdk-headless', for: 'tests' },
  { command: 'cc', debianPackage: 'gcc', for: 'librdkafka' },
  header('stdio.h', 'libc6-dev'),
  header('librdkafka/rdkafka.h', 'librdkafka-dev'),
]

/** A C header, which only the compiler can find. */
function header(name: string, debianPackage: string): Need {
  const args = ['-fsyntax-only', '-include', name, '-x', 'c', '/dev/null']
  return {
    command: name,
    debianPackage,
    for: 'librdkafka',
    isThere: () => spawnSync('cc', args, { stdio: 'ignore' }).status === 0,
  }
}

/**
 * Checks for the programs that npm cannot install. What is missing is installed by apt-get for root on Debian or Ubuntu.
 *
 * @param extent for what: the programs alone, or some tests too
 * @throws OperatingError naming what is missing, with the command that installs it, when we cannot do so
 */
export async function setUp(extent: Extent, signal?: AbortSignal): Promise<void> {
  const missing = missingNeeds(extent)
  if (missing.length === 0) return
  const packages = missing.map((need) => need.debianPackage)
  const command = `apt-get install --yes --no-install-recommends ${packages.join(' ')}`
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || !findCommand('apt-get')) {
    const names = missing.map((need) => need.command).join(', ')
    throw new OperatingError(`Missing: ${names}. On Debian or Ubuntu: sudo ${command}`)
  }
  console.error(`Installing ${packages.join(', ')} by apt-get.`)
  await aptGet(['update'], signal)
  await aptGet(command.split(' ').slice(1), signal)
  const still = missingNeeds(extent).map((need) => need.command)
  if (still.length > 0) throw new OperatingError(`Still missing after ${command}: ${still.join(', ')}.`)
}

// Those of util-linux are used on Linux only: elsewhere the operating system has no such thing.
function missingNeeds(extent: Extent): Need[] {
  return needs
    .filter((need) => extents.indexOf(need.for) <= extents.indexOf(extent))
    .filter((need) => need.debianPackage !== 'util-linux' || process.platform === 'linux')
    .filter(({ command, isThere = () => isFound(command) }) => !isThere())
}

function isFound(command: string): boolean {
  const isOfJava = command === 'java' || command === 'javac'
  return (isOfJava ? findJavaCommand(command) : findCommand(command)) !== undefined
}

async function aptGet(args: string[], signal: AbortSignal | undefined): Promise<void> {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const { code, lines } = await runChild(
    { command: 'apt-get', args: ['--quiet', ...args], environment },
    signal,
  )
  if (code === 0) return
  const shown = lines.slice(-5).map((line) => `  ${line}`)
  throw new OperatingError([`apt-get ${args.join(' ')} failed (exit code ${code}):`, ...shown].join('\n'))
}
