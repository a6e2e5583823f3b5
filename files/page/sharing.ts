import type { IncomingMessage } from 'node:http'
import type { Answer } from './answer.ts'

/** Whose pages may read, show and embed what this one serves. */
export type Sharing = {
  /** Origins such as `https://example.org`; `*` for all. */
  origins: readonly string[]
  /** Names besides this machine's and `--host`'s by which the page may be asked for. */
  hosts: readonly string[]
}

export const notShared: Sharing = { origins: [], hosts: [] }

const data = /^(application\/json|text\/csv|image\/(svg\+xml|png))/

/**
 * Adds what lets pages of allowed origins have an answer: data and pictures for their scripts, and as images. An image is
 * asked for without naming an origin, so with any origin allowed, images may be shown by all.
 */
export function share(answer: Answer, request: IncomingMessage, { origins }: Sharing): Answer {
  if (origins.length === 0 || !data.test(answer.type)) return answer
  const headers = { ...answer.headers, 'Cross-Origin-Resource-Policy': 'cross-origin' }
  if (origins.includes('*')) return { ...answer, headers: { ...headers, 'Access-Control-Allow-Origin': '*' } }
  const vary = [answer.headers?.Vary, 'Origin'].filter(Boolean).join(', ')
  const { origin } = request.headers
  const allowed: Record<string, string> =
    origin && origins.includes(origin) ? { 'Access-Control-Allow-Origin': origin } : {}
  return { ...answer, headers: { ...headers, Vary: vary, ...allowed } }
}

/** Lets pages of allowed origins show an answer in a frame. */
export function allowFraming(policy: string, { origins }: Sharing): string {
  if (origins.length === 0) return policy
  return policy.replace("frame-ancestors 'none'", `frame-ancestors ${origins.join(' ')}`)
}
