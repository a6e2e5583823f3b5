import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What to answer a request with. */
export type Answer = {
  type: string
  body: string | Buffer
  status?: number
  /** Tells this body from others; without one the answer is not kept by anyone. */
  tag?: string
  headers?: Record<string, string>
}

/** Goes with every answer: nothing from elsewhere, no inline script or style, in nobody's frame. */
export const safetyHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
}

/** Sends an answer, or 304 to whoever has it already. */
export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { type, body, status = 200, tag, headers } = answer
  const etag = tag && `"${tag}"`
  const caching = etag ? { ETag: etag, 'Cache-Control': 'no-cache' } : { 'Cache-Control': 'no-store' }
  if (etag && matches(request.headers['if-none-match'], etag)) {
    response.writeHead(304, { ...caching, ...headers }).end()
    return
  }
  const length = Buffer.byteLength(body)
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': length, ...caching, ...headers })
  if (request.method === 'HEAD') response.end()
  else response.end(body)
}

/** Sends a line of text, as answers other than 200 are. */
export function sendText(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  send(request, response, { type: 'text/plain; charset=utf-8', body: `${text}\n`, status })
}

/** A tag made of the bytes themselves. */
export function tagOf(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('base64url').slice(0, 22)
}

function matches(header: string | undefined, etag: string): boolean {
  if (!header) return false
  return header.split(',').some((part) => ['*', etag, `W/${etag}`].includes(part.trim()))
}
