import { once } from 'node:events'
import { createServer } from 'node:net'
import { OperatingError } from '../files/lib/core/program.ts'

// Below the range from which Linux takes the near end of outgoing connections, so that a client that keeps trying to
// reach a stopped broker cannot come to hold the broker's port itself.
const lowest = 20_000
const highest = 32_000

/** Finds a port that nothing listens on. Another program may take it before it is used: be ready to try again. */
export async function freePort(host: string): Promise<number> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest))
    if ((await listenError(host, port)) === undefined) return port
  }
  throw new OperatingError(`No free port on ${host} from ${lowest} to ${highest}.`)
}

/** Finds as many ports as asked for, no two the same. */
export async function freePorts(host: string, count: number): Promise<number[]> {
  const ports = new Set<number>()
  while (ports.size < count) ports.add(await freePort(host))
  return [...ports]
}

/**
 * Checks that we could listen on a port.
 *
 * @param option what the port was chosen by
 * @throws OperatingError when another program has it, or it is not for us to use
 */
export async function expectFree(host: string, port: number, option = '--port'): Promise<void> {
  const error = await listenError(host, port)
  if (!error) return
  throw new OperatingError(
    error.code === 'EADDRINUSE'
      ? `Port ${port} of ${host} is taken: another program listens there. Stop it, or choose another port with ${option}.`
      : `Port ${port} of ${host} cannot be used (${error.message}). Choose another with ${option}.`,
    { cause: error },
  )
}

async function listenError(host: string, port: number): Promise<NodeJS.ErrnoException | undefined> {
  const server = createServer().listen(port, host)
  try {
    await once(server, 'listening')
  } catch (error) {
    return error as NodeJS.ErrnoException
  }
  server.close()
  await once(server, 'close')
  return undefined
}
