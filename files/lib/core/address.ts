/** Where a broker is reached. */
export type Address = { host: string; port: number }

/** Names a broker as users and maps know it: host:port. */
export function addressOf({ host, port }: Address): string {
  return `${host}:${port}`
}

/** Reads one of `KAFKA_BOOTSTRAP_SERVERS`, which settings.ts has checked: host:port, an IPv6 host in brackets. */
export function parseAddress(server: string): Address {
  const [, host, port] = /^\[?(.*?)\]?:(\d+)$/.exec(server)!
  return { host: host!, port: Number(port) }
}
