import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { OperatingError } from '../../files/lib/core/program.ts'

const root = join(import.meta.dirname, '../..')

/** The Docker command line, or one that takes the same arguments: `DOCKER`, else `docker`. */
export const dockerCommand = process.env.DOCKER || 'docker'

/** How a command ended, and all that it printed. */
type Output = { code: number | null; stdout: string; stderr: string }

/**
 * Runs `docker ARGS...` in the project's folder.
 *
 * @returns what it printed on standard output; for `logs`, which keeps the container's streams apart, on both
 * @throws when it ends with another exit code than 0, with what it printed on standard error
 */
export async function docker(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runCommand(dockerCommand, args)
  if (code === 0) return args[0] === 'logs' ? stdout + stderr : stdout
  throw new Error(`docker ${args.join(' ')}: exit code ${code}\n${stderr.trim().slice(-4000)}`)
}

/** Runs a command in the project's folder, whatever its exit code. */
export function runCommand(command: string, args: readonly string[]): Promise<Output> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    const output: Output = { code: null, stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        output[name] += text
      })
    }
    child.once('error', (cause) => {
      reject(new OperatingError(`${command} cannot be started (${cause.message}).`, { cause }))
    })
    child.once('close', (code) => resolve({ ...output, code }))
  })
}

/** Builds the project's image. A proxy that is set in the environment is passed on, as `docker build` does not itself. */
export async function buildImage(tag: string): Promise<string> {
  const names = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'http_proxy', 'https_proxy', 'no_proxy']
  const proxies = names.filter((name) => process.env[name]).flatMap((name) => ['--build-arg', name])
  await docker('build', '.', '-t', tag, ...proxies)
  return tag
}
