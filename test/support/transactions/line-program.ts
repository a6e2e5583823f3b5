import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { waitFor } from '../wait-for.ts'

/** A program that answers each line of its standard input with a line of JSON. */
export type LineProgram = {
  /**
   * Sends a line and gives the answer to it.
   *
   * @throws Error when that tells of one, or does not come within a minute
   */
  ask: (line: string) => Promise<unknown>
  /** Ends it by SIGKILL. Resolves when it has ended. */
  kill: () => Promise<void>
}

/** Starts a program that answers lines; it ends with this process at the latest, for its input ends then. */
export function startLineProgram(command: string, args: readonly string[]): LineProgram {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(command, args, { stdio: 'pipe' })
  const answers: string[] = []
  let [stderr, asked, hasEnded] = ['', 0, false]
  createInterface({ input: child.stdout }).on('line', (line) => answers.push(line))
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr = (stderr + text).slice(-4000)))
  child.stdin.on('error', () => {}) // The program has ended: `ask` says so.
  const ended = new Promise<void>((resolve) => {
    const end = () => {
      hasEnded = true
      resolve()
    }
    child.once('error', end).once('close', end)
  })
  const ask = async (line: string) => {
    const number = asked++
    child.stdin.write(`${line}\n`)
    const answered = () => answers[number] ?? hasEnded
    await waitFor(`the answer to ${line.slice(0, 200)}`, answered, 60_000)
    if (!answers[number]) throw new Error(`${command} has ended: ${stderr}`)
    const answer = JSON.parse(answers[number])
    if (answer.error) throw new Error(`${line.slice(0, 200)}: ${answer.error}`)
    return answer
  }
  const kill = () => {
    child.kill('SIGKILL')
    return ended
  }
  return { ask, kill }
}
