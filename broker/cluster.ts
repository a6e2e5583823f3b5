// Runs three Kafka nodes on this machine for as long as this program runs: `npm run cluster`.

import { setTimeout as sleep } from 'node:timers/promises'
import { run } from '../files/lib/core/program.ts'
import type { ClusterNode } from './cluster-node.ts'
import { parseClusterOptions } from './cluster-options.ts'
import { startCluster } from './start-cluster.ts'

// Long enough that one sees the others take over.
const awayMs = 5000

await run(async (signal) => {
  const options = parseClusterOptions(process.argv.slice(2))
  const cluster = await startCluster({ ...options, signal })
  try {
    const pids = cluster.nodes.map((node) => node.process()?.pid).join(', ')
    const settings = `KAFKA_BOOTSTRAP_SERVERS=${cluster.servers} TOPIC_REPLICATION_FACTOR=${cluster.nodes.length}`
    console.log(
      `Cluster ready after ${cluster.startedMs} ms (Kafka ${cluster.version}, pids ${pids}, ` +
        `data in ${options.directory}). Start the programs with ${settings}`,
    )
    await Promise.all(cluster.nodes.map((node) => keepRunning(node, signal)))
  } finally {
    await cluster.stop()
  }
}, Number.POSITIVE_INFINITY)

/** Starts a node again each time it ends, a while after: so a kill shows what a cluster is for. */
async function keepRunning(node: ClusterNode, signal: AbortSignal): Promise<void> {
  const stopped = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  while (!signal.aborted) {
    const exit = await Promise.race([stopped, node.process()!.exited])
    if (!exit || signal.aborted) return
    const how = exit.signal ? `by ${exit.signal}` : `with exit code ${exit.code}`
    console.log(`Node ${node.id} (${node.address}) has ended ${how}: it starts again in ${awayMs / 1000} s.`)
    await sleep(awayMs, undefined, { signal })
    await node.start()
    console.log(`Node ${node.id} is back, pid ${node.process()!.pid}.`)
  }
}
