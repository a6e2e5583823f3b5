import { loadSimulated } from './module-hooks.ts'

/** The programs that worlds run, as they are in files/. */
export type Programs = {
  runConsumer: (args: string[]) => Promise<void>
  runVerify: (args: string[]) => Promise<void>
}

/** Loads them, once for all worlds of this process. */
export async function loadPrograms(): Promise<Programs> {
  const { runConsumer } = await loadSimulated<Pick<Programs, 'runConsumer'>>('files/lib/run-consumer.ts')
  const { runVerify } = await loadSimulated<Pick<Programs, 'runVerify'>>('files/lib/run-verify.ts')
  return { runConsumer, runVerify }
}
