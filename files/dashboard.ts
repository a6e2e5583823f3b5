// Serves the live page of the partition files: what they say, how the consumers go, and where each number comes from.
import { once } from 'node:events'
import { tellParent } from './lib/core/notice.ts'
import { run } from './lib/core/program.ts'
import { brokerSettings, dataDirectory, topicName } from './lib/core/settings.ts'
import { parseDashboardOptions } from './page/dashboard-options.ts'
import { openLog } from './page/log-access.ts'
import { servePage } from './page/server.ts'

await run(async (signal) => {
  const options = parseDashboardOptions(process.argv.slice(2))
  const folder = dataDirectory()
  const sharing = { hosts: options['allow-host'], origins: options['allow-origin'] }
  const log = openLog(brokerSettings(), topicName())
  const page = await servePage({ ...options, folder, sharing, log })
  try {
    const isTold = tellParent({ kind: 'listening', address: page.address })
    if (!isTold) console.log(`The page of ${folder}: ${page.address}`)
    if (!signal.aborted) await once(signal, 'abort')
  } finally {
    await page.close()
  }
})
