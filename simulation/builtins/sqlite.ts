/* node:sqlite, as far as the programs use it: the lock that `BEGIN EXCLUSIVE` takes on a database's file. */
import { machine } from '../machine.ts'
import { currentProcess } from '../simulated-process.ts'

export class DatabaseSync {
  readonly #inode: number

  constructor(path: string) {
    const process = currentProcess()
    this.#inode = machine.disk.openDatabase(process, path)
  }

  exec(sql: string): void {
    const process = currentProcess()
    process.expectAlive()
    if (!sql.includes('BEGIN EXCLUSIVE')) return
    if (machine.disk.lock(process, this.#inode)) return
    throw Object.assign(new Error('database is locked'), { code: 'ERR_SQLITE_ERROR', errcode: 5 })
  }

  close(): void {
    const process = currentProcess()
    process.expectAlive()
    machine.disk.unlock(process, this.#inode)
  }
}
