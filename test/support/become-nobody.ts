/*
 * To be loaded into a program by `node --import`: it becomes the user nobody once its modules are loaded, for those may
 * lie where only root can read them.
 */
import { registerHooks } from 'node:module'

const becomeNobody = 'process.setgroups([]); process.setgid(65534); process.setuid(65534);'
let isProgram = true

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context)
    if (!isProgram) return loaded
    // The program itself is loaded first, and what stands in it runs after all that it imports.
    isProgram = false
    return { ...loaded, source: becomeNobody + loaded.source }
  },
})
