/** Re-reads the log, counts again by other means than the consumer, and compares with the partition files. */
import { loadCompiled } from './lib/core/cache-folder.ts'

const { runVerify } = await loadCompiled(() => import('./lib/verify/run-verify.ts'))
await runVerify(process.argv.slice(2))
