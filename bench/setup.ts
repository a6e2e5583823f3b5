import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broker, startBroker } from '../broker/start-broker.ts'
import { compileJava, type RunJava } from './java.ts'

/** What every measurement uses: a broker of the run's own, its folder, and Java. */
export type Setup = {
  address: string
  broker: Broker
  /** Removed at the end. */
  folder: string
  runJava: RunJava
  signal: AbortSignal
  /** Makes an empty folder. */
  makeFolder: (name: string) => Promise<string>
}

/** Starts a broker tuned for throughput in a temporary folder, calls `measure`, and takes all away again. */
export async function withSetup<Result>(
  signal: AbortSignal,
  measure: (setup: Setup) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-bench-'))
  try {
    const makeFolder = async (name: string) => {
      const path = join(folder, name)
      await rm(path, { recursive: true, force: true })
      await mkdir(path)
      return path
    }
    const runJava = await compileJava(await makeFolder('classes'), signal)
    const broker = await startBroker({ directory: join(folder, 'broker'), port: 0, throughput: true, signal })
    try {
      return await measure({ address: broker.address, broker, folder, runJava, signal, makeFolder })
    } finally {
      await broker.kill()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
