import type { Disk } from './disk.ts'
import type { Network } from './network.ts'

/** What all processes of a world share: the world that runs puts its own here. */
export const machine = {} as { disk: Disk; network: Network }
