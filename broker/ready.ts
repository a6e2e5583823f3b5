import { connect } from 'node:net'

// Kafka's Metadata request, version 4, asking for no topic: size, then API key 3, version 4, correlation id, client id
// (none), topics (0), no creation of topics. By hand, for importing the client library takes longer than this whole
// question, and the broker's program needs no other.
const request = Buffer.from('0000000f' + '0003' + '0004' + '00000001' + 'ffff' + '00000000' + '00', 'hex')

// The answer begins: size, correlation id, throttle time (4 bytes each), then the number of brokers.
const brokerCountAt = 12

/**
 * Asks a broker for the cluster's metadata.
 *
 * @param brokers how many the cluster is to have
 * @returns whether it answers within a second, with that many brokers at least
 * @see {@link https://kafka.apache.org/protocol#The_Messages_Metadata}
 */
export function answersMetadata(host: string, port: number, brokers = 1): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    socket.setTimeout(1000, () => socket.destroy())
    socket.on('error', () => {}) // A 'close' follows.
    socket.once('close', () => resolve(false))
    socket.once('data', (answer) => {
      resolve(answer.length >= brokerCountAt + 4 && answer.readInt32BE(brokerCountAt) >= brokers)
      socket.destroy()
    })
    socket.write(request)
  })
}
