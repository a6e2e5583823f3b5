/**
 * Keeps partition-N.json for the partitions named on the command line: monthly statistics and the offset they reach.
 *
 * Stats and offset are written in one piece, so each measurement counts exactly once, whatever is killed and when.
 */
import { loadCompiled } from './lib/core/cache-folder.ts'

const { runConsumer } = await loadCompiled(() => import('./lib/consume/run-consumer.ts'))
await runConsumer(process.argv.slice(2))
