import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { drawMonthChart } from '../lib/results/month-chart.ts'
import { partitionCount } from '../lib/weather/partitions.ts'
import { type Answer, send, sendText } from './answer.ts'
import type { EventStreams } from './event-streams.ts'
import { chartStyle } from './inline-chart.ts'
import type { LivePage } from './live-page.ts'
import { formatMetrics } from './metrics.ts'
import { renderPage } from './page.ts'
import { type FileContent, readRegularFile, regularFileVersion } from './read-regular-file.ts'
import { stateWord } from './state-word.ts'
import { staticFiles } from './static-files.ts'
import { formatStatsCsv } from './stats-csv.ts'
import { parseUnit } from './unit.ts'

/** Answers one path, exactly as it stands in the request: nothing is decoded, so nothing can be smuggled in. */
type Route = (query: URLSearchParams) => Answer | undefined

/** Makes the function that answers requests. */
export function createRoutes(folder: string, page: LivePage, streams: EventStreams) {
  const routes = new Map<string, Route>([
    ...staticFiles(),
    ...Array.from({ length: partitionCount }, (_, partition) => partitionFile(folder, partition)),
    ['/', (query) => wholePage(page, query)],
    ['/fragments', (query) => fragments(page, query)],
    ['/month.svg', monthChart(page)],
    ['/stats.csv', keepLast(page, 'text/csv; charset=utf-8', () => formatStatsCsv(page.climate()))],
    ['/healthz', () => json({ status: 'ok', partitions: health(page) })],
    ['/metrics', () => metrics(page)],
  ])
  return (request: IncomingMessage, response: ServerResponse): void => {
    const [path, search] = split(request.url ?? '/')
    const query = new URLSearchParams(search)
    if (path === '/events') return events(streams, request, response, query)
    const answer = routes.get(path)?.(query)
    if (answer) send(request, response, answer)
    else sendText(request, response, 404, 'There is nothing here. The page is at /.')
  }
}

function split(url: string): [path: string, search: string] {
  const at = url.indexOf('?')
  return at < 0 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)]
}

function events(
  streams: EventStreams,
  request: IncomingMessage,
  response: ServerResponse,
  query: URLSearchParams,
): void {
  if (request.method === 'HEAD') return sendText(request, response, 405, 'Events are for GET.')
  const last = request.headers['last-event-id']
  const since = typeof last === 'string' ? last : (query.get('since') ?? '')
  if (streams.add(response, parseUnit(query.get('unit')), since)) return
  sendText(request, response, 503, 'Too many pages are open; reload this one to see what is new.')
}

/** A partition file as it is on disk; one copy of it however many ask. */
function partitionFile(folder: string, partition: number): [string, Route] {
  const name = `partition-${partition}.json`
  let last: FileContent | undefined
  const route = () => {
    const path = join(folder, name)
    if (regularFileVersion(path) !== last?.version || !last) last = readRegularFile(path)
    return last && { type: 'application/json', body: last.bytes, tag: last.version }
  }
  return [`/${name}`, route]
}

function wholePage(page: LivePage, query: URLSearchParams): Answer {
  const { source, normals } = page.climate()
  const unit = parseUnit(query.get('unit'), source)
  return {
    type: 'text/html; charset=utf-8',
    body: renderPage(page.view(unit), { unit, period: normals?.period }),
  }
}

function fragments(page: LivePage, query: URLSearchParams): Answer {
  const view = page.view(parseUnit(query.get('unit')))
  const names = new Set((query.get('names') ?? '').split(' '))
  return json(Object.fromEntries([...view.fragments].filter(([name]) => names.has(name))))
}

/** Makes a text of the partition files anew only when they have changed. */
function keepLast(page: LivePage, type: string, make: () => string): Route {
  let last: { tag: string; body: Buffer } | undefined
  return () => {
    const tag = page.statsVersion()
    if (last?.tag !== tag) last = { tag, body: Buffer.from(make()) }
    return { type, ...last }
  }
}

/** The chart by itself: a picture with a style of its own, which this one answer allows. */
function monthChart(page: LivePage): Route {
  const chart = keepLast(page, 'image/svg+xml', () => {
    const { averages, source } = page.climate()
    return drawMonthChart(averages, { source })
  })
  const hash = createHash('sha256').update(chartStyle()).digest('base64')
  const headers = { 'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'` }
  return (query) => ({ ...chart(query)!, headers })
}

function metrics(page: LivePage): Answer {
  const body = formatMetrics(page.readings, Date.now())
  return { type: 'text/plain; version=0.0.4; charset=utf-8', body }
}

function health({ readings }: LivePage) {
  return readings.map((reading) => stateWord(reading, Date.now()).words)
}

function json(value: unknown): Answer {
  return { type: 'application/json', body: JSON.stringify(value) }
}
