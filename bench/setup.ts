import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Broker, startBroker } from '../broker/start-broker.ts'
import { buildFranzGo, type FranzGo } from './franz-go.ts'
import { compileJava, type RunJava } from './java.ts'

/** What every measurement uses: a broker of the run's own, its folder, Java, and Go if there is one. */
export type Setup = {
  address: string
  broker: Broker
  /** Removed at the end. */
  folder: string
  runJava: RunJava
  franzGo: FranzGo
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
    const franzGo = await buildFranzGo(await makeFolder('go'), signal)
    const broker = await startBroker({ directory: join(folder, 'broker'), port: 0, throughput: true, signal })
    const { address } = broker
    try {
      return await measure({ address, broker, folder, runJava, franzGo, signal, makeFolder })
    } finally {
      await broker.kill()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
