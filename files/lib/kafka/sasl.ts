import { DynamicBuffer } from '@platformatic/dynamic-buffer'
import {
  type Connection as LibraryConnection,
  Reader,
  saslAuthenticateV2,
  saslHandshakeV1,
  saslPlain,
  saslScramSha,
} from '@platformatic/kafka'
import type { BrokerSettings } from '../core/settings.ts'
import type { Send } from './api.ts'

/**
 * Authenticates by the mechanism that the settings name: the client library's PLAIN and SCRAM, over a connection of ours.
 *
 * @param send sends a request on the connection that is to be authenticated
 * @returns how long the broker lets the session last, in milliseconds; 0 without a limit
 */
export async function authenticate(
  send: Send,
  { mechanism, username, password }: NonNullable<BrokerSettings['sasl']>,
): Promise<number> {
  const connection = asLibraryConnection(send)
  await saslHandshakeV1.api.async(connection, mechanism)
  const { api } = saslAuthenticateV2
  const { sessionLifetimeMs } =
    mechanism === 'PLAIN'
      ? await saslPlain.authenticate(api, connection, username, password)
      : await saslScramSha.authenticate(
          api,
          connection,
          mechanism === 'SCRAM-SHA-256' ? 'SHA-256' : 'SHA-512',
          username,
          password,
        )
  return Number(sessionLifetimeMs)
}

/** All that the library's requests need of a connection. */
function asLibraryConnection(send: Send): LibraryConnection {
  const sendAsLibrary: LibraryConnection['send'] = (
    key,
    version,
    createRequest,
    parse,
    requestTags,
    responseTags,
    callback,
  ) => {
    Promise.resolve(createRequest())
      .then((request) => send(key, version, request.buffer, requestTags))
      .then((response) => {
        const reader = new Reader(new DynamicBuffer(response))
        const correlationId = reader.readInt32()
        if (responseTags) reader.readTaggedFields()
        return parse(correlationId, key, version, reader)
      })
      .then((result) => callback(null, result), callback)
  }
  return { send: sendAsLibrary } as LibraryConnection
}
