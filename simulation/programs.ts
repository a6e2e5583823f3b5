import { type Breakage, loadSimulated } from './module-hooks.ts'

/** The programs that worlds run, as they are in files/. */
export type Programs = {
  runConsumer: (args: string[]) => Promise<void>
  runVerify: (args: string[]) => Promise<void>
}

/** Loads them, once for all worlds of this process; with something broken, to see that worlds find it. */
export async function loadPrograms(breakage?: Breakage): Promise<Programs> {
  const load = (name: string) => loadSimulated<Programs>(`files/lib/${name}.ts`, breakage)
  const { runConsumer } = await load('consume/run-consumer')
  const { runVerify } = await load('verify/run-verify')
  return { runConsumer, runVerify }
}
