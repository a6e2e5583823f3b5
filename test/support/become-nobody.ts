/*
 * To be loaded into a program by `node --import`: it becomes the user nobody once its modules are loaded, for those may
 * lie where only root can read them.
 */
import { registerHooks } from 'node:module'

const becomeNobody = 'process.setgroups([]); process.setgid(65534); process.setuid(65534);'

// A program may only load the module that does its work: consumer.ts loads lib/consume/run-consumer.ts.
const worker = /\/lib\/[a-z]+\/run-[a-z]+\.ts$/
const loadsWorker = /\bimport\('\.\/lib\/[a-z]+\/run-/
let isProgram = true
let isNobody = false

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    // The program itself is loaded first.
    const isLast = isProgram ? !loadsWorker.test(String(loaded.source)) : worker.test(url)
    isProgram = false
    // Once a program of one module is loaded, or the worker of another, nothing more is to be done.
    if (isNobody || !isLast) return loaded
    isNobody = true
    // What stands in a module runs after all that it imports.
    return { ...loaded, source: becomeNobody + loaded.source }
  },
})
