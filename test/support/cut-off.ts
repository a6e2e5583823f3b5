import type { TestContext } from 'node:test'
import type { ServerSettings } from '../../broker/server-properties.ts'
import { type NetworkProxy, startProxy } from '../../faults/proxy.ts'
import { startTestCluster } from './cluster.ts'

const protocols = 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,INTERNAL:PLAINTEXT'

/**
 * A test cluster of which a node can be cut off from the others, while clients still reach it: the way from each
 * controller to each other one goes by a proxy, and so does the way to each node for those that copy from it. (It may go
 * on copying from the others, which changes nothing: it does not learn that they lead.)
 */
export async function startCuttableCluster(t: TestContext) {
  const ways: { ends: number[]; proxy: NetworkProxy }[] = []
  const openWay = async (port: number, ...ends: number[]) => {
    const proxy = await startProxy(port, () => {})
    t.after(proxy.close)
    ways.push({ ends, proxy })
    return proxy.address
  }
  const propertiesOf = async ({ node, host, port, listeners }: ServerSettings) => {
    const { id, controllerPorts } = node!
    const voters = controllerPorts.map(async (controllerPort, i) => {
      const address = i + 1 === id ? `${host}:${controllerPort}` : await openWay(controllerPort, id, i + 1)
      return `${i + 1}@${address}`
    })
    const internal = await openWay(listeners!.INTERNAL!, id)
    return {
      'controller.quorum.voters': (await Promise.all(voters)).join(','),
      'inter.broker.listener.name': 'INTERNAL',
      'listener.security.protocol.map': protocols,
      'advertised.listeners': `PLAINTEXT://${host}:${port},INTERNAL://${internal}`,
    }
  }
  const cluster = await startTestCluster(t, { listeners: ['INTERNAL'], propertiesOf })
  /** Cuts a node off: it hears of no other leader, and what only it has is never committed. */
  const cutOff = async (id: number) => {
    const its = ways.filter(({ ends }) => ends.includes(id))
    const all = (kind: 'black-hole' | 'none') => Promise.all(its.map(({ proxy }) => proxy.trouble({ kind })))
    await all('black-hole')
    return () => all('none')
  }
  return { cluster, cutOff }
}
