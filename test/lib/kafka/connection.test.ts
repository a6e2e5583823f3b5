/* What a connection makes of peers that are no sound broker: real sockets, whose other end says what the test wants. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { OperatingError } from '../../../files/lib/core/program.ts'
import { type Exchange, errorName } from '../../../files/lib/kafka/api.ts'
import { Connection, ResponseBuffers } from '../../../files/lib/kafka/connection.ts'
import { fetchExchange } from '../../../files/lib/kafka/fetch.ts'
import { metadataExchange } from '../../../files/lib/kafka/metadata.ts'
import { NetworkError, reason } from '../../../files/lib/kafka/network-error.ts'
import { RequestWriter } from '../../../files/lib/kafka/wire.ts'
import { brokerAddress } from '../../support/kafka.ts'

/** Opens a connection to a server of the test's own, whose sockets are given to `serve`. */
async function connectTo(t: TestContext, serve: (socket: Socket) => void, requestTimeoutMs = 60_000) {
  const server = createServer((socket) => {
    socket.on('error', () => {}) // The client closes what makes no sense.
    serve(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as AddressInfo
  return connection(t, `127.0.0.1:${port}`, requestTimeoutMs)
}

function connection(t: TestContext, address: string, requestTimeoutMs = 60_000) {
  const [host, port] = address.split(':') as [string, string]
  const settings = { bootstrapBrokers: [address] }
  const opened = new Connection(
    { host, port: Number(port) },
    { settings, clientId: 'test', requestTimeoutMs },
  )
  t.after(() => opened.close())
  return opened
}

/** Answers each request with what `answer` makes of its key, behind its correlation id. */
function answering(answer: (key: number) => Buffer): (socket: Socket) => void {
  return (socket) => {
    socket.on('data', (request) => {
      const body = answer(request.readInt16BE(4))
      const head = new RequestWriter().int32(4 + body.length).int32(request.readInt32BE(8))
      socket.write(Buffer.concat([head.bytes, body]))
    })
  }
}

/** An ApiVersions response of version 3 that offers these. */
function offer(...ranges: [key: number, lowest: number, highest: number][]): Buffer {
  const writer = new RequestWriter().int16(0)
  writer.compactArray(ranges, ([key, lowest, highest]) => {
    writer.int16(key).int16(lowest).int16(highest).noTags()
  })
  return writer.int32(0).noTags().bytes
}

const position = { partition: 0, offset: 0, leaderEpoch: 0, lastFetchedEpoch: -1 }
const anyFetch = fetchExchange('0'.repeat(32), position, { waitMs: 0, bytesMax: 1 })

/** The error of a request; the test fails without one. */
async function failure(opened: Connection, exchange: Exchange<unknown> = anyFetch): Promise<Error> {
  return opened.request(exchange).then(
    () => assert.fail('the request was answered'),
    (error: Error) => error,
  )
}

test('a real broker is asked at the highest version that both sides know', async (t) => {
  const versions: number[] = []
  const { api, ...rest } = metadataExchange('no such topic'.replaceAll(' ', '-'))
  const write: typeof rest.write = (writer, version) => {
    versions.push(version)
    rest.write(writer, version)
  }
  const opened = connection(t, brokerAddress())
  assert.deepEqual((await opened.request({ ...rest, api, write })).topic, undefined)
  await opened.request({ ...rest, api: { ...api, versions: [12, 12] }, write })
  assert.deepEqual(versions, [13, 12])
})

test('a broker before 3.1 is named with what it offers and what is needed', async (t) => {
  const old = await connectTo(
    t,
    answering(() => offer([1, 0, 12], [2, 0, 6], [3, 0, 11])),
  )
  const error = await failure(old)
  assert.ok(error instanceof OperatingError)
  assert.match(
    error.message,
    /it has Metadata up to version 11 \(12 is needed\), Fetch up to version 12 \(13 is needed\)\. Apache Kafka has them since 3\.1/,
  )
})

test('a broker that does not know our ApiVersions request is too old', async (t) => {
  const version0 = new RequestWriter().int16(35).int32(0)
  const opened = await connectTo(
    t,
    answering(() => version0.bytes),
  )
  const error = await failure(opened)
  assert.ok(error instanceof OperatingError)
  assert.match(error.message, /answers ApiVersions with UNSUPPORTED_VERSION\. Expected Apache Kafka 3\.1 or/)
})

test('a broker that knows only later versions than we do is named as that', async (t) => {
  const opened = await connectTo(
    t,
    answering(() => offer([1, 90, 99], [2, 0, 6], [3, 0, 12])),
  )
  const error = await failure(opened)
  assert.match(error.message, /supports these versions of Fetch: 90 to 99\. Expected one of 13 to \d+/)
})

test('a port that is no broker’s is told at once', async (t) => {
  const web = await connectTo(t, (socket) =>
    socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n')),
  )
  const error = await failure(web)
  assert.ok(error instanceof OperatingError)
  assert.match(
    error.message,
    /a response of 1213486160 bytes was announced, .* Is this the port of a Kafka broker\?/,
  )
})

test('a broker that wants TLS is told at once, with what to do', async (t) => {
  const alert = Buffer.from([0x15, 3, 3, 0, 2, 2, 80])
  const error = await failure(await connectTo(t, (socket) => socket.on('data', () => socket.write(alert))))
  assert.ok(error instanceof OperatingError)
  assert.match(
    error.message,
    /the broker refused us: Broker requires TLS\. Set KAFKA_SECURITY_PROTOCOL to SSL/,
  )
})

test('a response that cannot be read is told with what it was', async (t) => {
  const error = await failure(
    await connectTo(
      t,
      answering((key) => (key === 18 ? offer([1, 4, 17], [2, 0, 6], [3, 0, 12]) : Buffer.alloc(3))),
    ),
  )
  assert.ok(error instanceof OperatingError)
  assert.match(
    error.message,
    /the Fetch response of version 17 cannot be read \(.*\)\. Is this a Kafka broker\?/,
  )
})

test('a broker that does not answer, closes, or answers what was not asked is trouble that may pass', async (t) => {
  const silent = await connectTo(t, () => {}, 50)
  assert.match(reason(await failure(silent)), /no response within 0\.05 s/)
  const closing = await connectTo(t, (socket) => socket.on('data', () => socket.destroy()))
  assert.match(reason(await failure(closing)), /Connection closed|ECONNRESET/)
  const confused = await connectTo(t, (socket) =>
    socket.on('data', () => socket.write(new RequestWriter().int32(4).int32(99).bytes)),
  )
  const error = await failure(confused)
  assert.match(reason(error), /a response to request 99 came, expected one to 1/)
  assert.ok(error instanceof NetworkError)
  assert.equal(confused.isUsable, false)
})

test('a broker that hangs is given up, however many more requests are sent to it meanwhile', async (t) => {
  const versions = answering(() => offer([1, 4, 17], [2, 0, 6], [3, 0, 12]))
  let hangs = false
  const opened = await connectTo(
    t,
    (socket) => {
      versions(socket)
      socket.on('data', () => {
        if (hangs) return
        hangs = true
        socket.removeAllListeners('data').resume()
      })
    },
    100,
  )
  const first = failure(opened)
  const more = setInterval(() => opened.request(anyFetch).catch(() => {}), 20)
  t.after(() => clearInterval(more))
  assert.match(reason(await first), /no response within 0\.1 s/)
})

test('a response that takes longer than the limit is waited for while bytes of it come', async (t) => {
  const answer = answering((key) =>
    key === 18 ? offer([1, 4, 17], [2, 0, 6], [3, 0, 12]) : Buffer.alloc(20),
  )
  const opened = await connectTo(
    t,
    (socket) => {
      socket.setNoDelay(true)
      const write = socket.write.bind(socket)
      socket.write = ((bytes: Buffer) => {
        const next = (at: number) => {
          if (at < bytes.length && !socket.destroyed)
            write(bytes.subarray(at, at + 1), () => setTimeout(next, 20, at + 1))
        }
        next(0)
        return true
      }) as typeof socket.write
      answer(socket)
    },
    300,
  )
  // It came, more than 40 bytes at 20 ms each, and makes no sense.
  assert.match((await failure(opened)).message, /the Fetch response of version 17 cannot be read/)
})

test('a client that a quota holds back is told so, and not that the response makes no sense', async (t) => {
  const throttled = new RequestWriter().noTags().int32(700).int16(0).int32(0).unsignedVarint(1).noTags()
  const opened = await connectTo(
    t,
    answering((key) => (key === 18 ? offer([1, 4, 17], [2, 0, 6], [3, 0, 12]) : throttled.bytes)),
  )
  const { errorCode } = await opened.request(anyFetch)
  assert.equal(errorName(errorCode), 'THROTTLING_QUOTA_EXCEEDED')
})

test('a response that comes byte by byte is read whole', async (t) => {
  const opened = await connectTo(t, (socket) => {
    socket.setNoDelay(true)
    const slow = answering(() => offer([1, 4, 12], [2, 0, 6], [3, 0, 12]))
    const write = socket.write.bind(socket)
    socket.write = ((bytes: Buffer) => {
      const next = (at: number) => {
        if (at < bytes.length) write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1))
      }
      next(0)
      return true
    }) as typeof socket.write
    slow(socket)
  })
  assert.match((await failure(opened)).message, /it has Fetch up to version 12/)
})

test('a response is written over by the second one that is kept after it, and a large one has memory of its own', () => {
  const buffers = new ResponseBuffers(10)
  const takeKept = (size: number, fill: number) => {
    const response = buffers.take(size).fill(fill)
    buffers.keep()
    return response
  }
  const first = takeKept(10, 1)
  assert.deepEqual([...first], Array(10).fill(1))
  buffers.take(5).fill(9) // A response that was cut off: the next one takes its place.
  const second = takeKept(8, 2)
  assert.deepEqual([first[0], second[0]], [1, 2])
  const large = takeKept(11, 3)
  const third = takeKept(4, 4)
  assert.deepEqual([large.length, large[0], third[0]], [11, 3, 4])
  assert.equal(third.buffer === first.buffer || third.buffer === second.buffer, true)
})
