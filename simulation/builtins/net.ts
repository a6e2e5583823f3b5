/* node:net, as far as the programs use it: connections of the world's network. */
import type { OnReadOpts } from 'node:net'
import { machine } from '../machine.ts'
import type { SimulatedSocket } from '../network.ts'
import { currentProcess } from '../simulated-process.ts'

export { isIP } from 'node:net'

export function connect(options: { host: string; port: number; onread: OnReadOpts }): SimulatedSocket {
  const process = currentProcess()
  process.expectAlive()
  return machine.network.connect(process, options)
}
