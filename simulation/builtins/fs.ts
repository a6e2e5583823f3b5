/* node:fs, as far as the programs use it, on the world's disk. */
import type { Disk } from '../disk.ts'
import { machine } from '../machine.ts'
import { currentProcess, type SimulatedProcess } from '../simulated-process.ts'

type Call<Parameters extends unknown[], Result> = (process: SimulatedProcess, ...rest: Parameters) => Result

function onDisk<Parameters extends unknown[], Result>(choose: (disk: Disk) => Call<Parameters, Result>) {
  return (...parameters: Parameters): Result => {
    const process = currentProcess()
    process.expectAlive()
    return choose(machine.disk).call(machine.disk, process, ...parameters)
  }
}

export const openSync = onDisk((disk) => disk.open)
export const closeSync = onDisk((disk) => disk.close)
export const writeFileSync = onDisk((disk) => disk.write)
export const writevSync = onDisk((disk) => disk.writePieces)
export const fsyncSync = onDisk((disk) => disk.sync)
export const fstatSync = onDisk((disk) => disk.statOpen)
export const statSync = onDisk((disk) => disk.stat)
// There are no symbolic links.
export const lstatSync = onDisk((disk) => disk.stat)
export const renameSync = onDisk((disk) => disk.rename)
export const linkSync = onDisk((disk) => disk.link)
export const rmSync = onDisk((disk) => disk.remove)
export const mkdirSync = onDisk((disk) => disk.makeFolder)
export const existsSync = onDisk((disk) => disk.exists)
export const readFileSync = onDisk((disk) => disk.read)
export const readdirSync = onDisk((disk) => disk.list)
