import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { OperatingError, UsageError } from '../lib/core/program.ts'
import { quoted } from '../lib/core/quoted.ts'
import { parseDate } from '../lib/weather/calendar.ts'
import { partitionCount } from '../lib/weather/partitions.ts'
import { renderAbout } from './about.ts'
import { type Answer, safetyHeaders, send, sendText } from './answer.ts'
import type { Climate } from './climate.ts'
import { renderEmbed } from './embed.ts'
import type { EventStreams } from './event-streams.ts'
import { parseMonthPath, readEvidence } from './evidence.ts'
import { renderAbsence, renderEvidence } from './evidence-page.ts'
import type { Fragments } from './fragments.ts'
import { chartStyle } from './inline-chart.ts'
import { latestText } from './latest.ts'
import type { LivePage } from './live-page.ts'
import type { LogAccess } from './log-access.ts'
import { formatMetrics } from './metrics.ts'
import { renderPage } from './page.ts'
import { createPictures, pictures } from './pictures.ts'
import { type FileContent, readRegularFile, regularFileVersion } from './read-regular-file.ts'
import { allowFraming, type Sharing, share } from './sharing.ts'
import { stateWord } from './state-word.ts'
import { staticFiles } from './static-files.ts'
import { formatStatsCsv } from './stats-csv.ts'
import { fragmentsAt } from './time-travel.ts'
import { parseUnit, type Unit } from './unit.ts'

/** Answers one path, exactly as it stands in the request: nothing is decoded, so nothing can be smuggled in. */
type Route = (
  query: URLSearchParams,
  request: IncomingMessage,
) => Answer | undefined | Promise<Answer | undefined>

/** Makes the function that answers requests. */
export function createRoutes(
  folder: string,
  page: LivePage,
  streams: EventStreams,
  { log, sharing }: { log: LogAccess; sharing: Sharing },
) {
  const drawn = createPictures(page.climate, page.statsVersion)
  const unitIn = (query: URLSearchParams) => parseUnit(query.get('unit'), page.climate().source)
  const routes = new Map<string, Route>([
    ...staticFiles(),
    ...Array.from({ length: partitionCount }, (_, partition) => partitionFile(folder, partition)),
    ...Object.keys(pictures).flatMap((name): [string, Route][] => [
      [`/${name}.svg`, (query) => drawn.svg(name, unitIn(query))],
      [`/${name}.png`, (query) => drawn.png(name, unitIn(query))],
    ]),
    ['/', (query, request) => wholePage(page, log, query, request)],
    ['/embed', (query) => embed(page, unitIn(query), sharing)],
    ['/about', (_, request) => htmlPage(renderAbout(page.climate(), addressOf(request)))],
    ['/fragments', (query) => fragments(page, log, query)],
    ['/month.svg', monthChart(drawn.svg)],
    ['/stats.csv', keepLast(page, 'text/csv; charset=utf-8', () => formatStatsCsv(page.climate()))],
    ['/healthz', () => json({ status: 'ok', partitions: health(page) })],
    ['/metrics', () => metrics(page)],
  ])
  return (request: IncomingMessage, response: ServerResponse): void => {
    const [path, search] = split(request.url ?? '/')
    const query = new URLSearchParams(search)
    if (path === '/events') return events(streams, request, response, query)
    const route = path.startsWith(evidenceRoot) ? evidence(page, log, path) : routes.get(path)
    const reply = (answer: Answer | undefined) => {
      if (answer) send(request, response, share(answer, request, sharing))
      else sendText(request, response, 404, 'There is nothing here. The page is at /.')
    }
    const answer = route?.(query, request)
    if (answer instanceof Promise) answer.then(reply)
    else reply(answer)
  }
}

const evidenceRoot = '/evidence/'

/** What a month's number is made of: a page for a browser, JSON for all others. */
function evidence(page: LivePage, log: LogAccess, path: string): Route | undefined {
  const wanted = parseMonthPath(path.slice(evidenceRoot.length))
  if (!wanted) return undefined
  const { name, year } = wanted
  return async (query, request) => {
    const isPage = request.headers.accept?.includes('text/html') ?? false
    const headers = { Vary: 'Accept' }
    try {
      const climate = page.climate()
      const found = await readEvidence(log, climate, name, year)
      if (!found) return undefined
      if (!isPage) return { ...json(found), headers }
      return { ...htmlPage(renderEvidence(found, parseUnit(query.get('unit'), climate.source))), headers }
    } catch (error) {
      const reason = absenceIn(error)
      const answer = isPage
        ? htmlPage(renderAbsence(`${name} ${year}`, `The records cannot be shown: ${reason}.`, '../../'))
        : json({ error: reason })
      return { ...answer, status: 503, headers }
    }
  }
}

/** Why the log cannot be read, without the period at its end. */
function absenceIn(error: unknown): string {
  if (!(error instanceof OperatingError)) throw error
  return error.message.replace(/\.$/, '')
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

/** The page as it is, or, with `at`, as it was when that day was the newest. */
function wholePage(
  page: LivePage,
  log: LogAccess,
  query: URLSearchParams,
  request: IncomingMessage,
): ReturnType<Route> {
  const climate = page.climate()
  const { source, normals } = climate
  const unit = parseUnit(query.get('unit'), source)
  const description = climate.latest && latestText(climate, climate.latest, unit)
  const setting = {
    ...{ unit, period: normals?.period, days: climate.days, description },
    address: addressOf(request),
  }
  const at = query.get('at')
  if (at === null) return htmlPage(renderPage(page.view(unit), setting))
  return travel(log, at, climate, unit).then(
    (fragments) =>
      htmlPage(renderPage({ version: '', fragments, changedSince: () => [] }, { ...setting, at })),
    (error: unknown) => {
      const [reason, status] = [absenceIn(error), error instanceof UsageError ? 400 : 503]
      const page = renderAbsence('Time travel', `The page of another day cannot be shown: ${reason}.`, './')
      return { ...htmlPage(page), status }
    },
  )
}

async function travel(log: LogAccess, at: string, now: Climate, unit: Unit): Promise<Fragments> {
  if (!parseDate(at)) throw new UsageError(`at is ${quoted(at)}: expected a day, YYYY-MM-DD`)
  return fragmentsAt(log, at, now, unit)
}

/** The fragments asked for by name, as they are or as they were. */
function fragments(page: LivePage, log: LogAccess, query: URLSearchParams): ReturnType<Route> {
  const climate = page.climate()
  const unit = parseUnit(query.get('unit'), climate.source)
  const names = new Set((query.get('names') ?? '').split(' '))
  const pick = (fragments: ReadonlyMap<string, string>) =>
    json(Object.fromEntries([...fragments].filter(([name]) => names.has(name))))
  const at = query.get('at')
  if (at === null) return pick(page.view(unit).fragments)
  return travel(log, at, climate, unit).then(pick, (error: unknown) => {
    const status = error instanceof UsageError ? 400 : 503
    return { ...json({ error: absenceIn(error) }), status }
  })
}

/** The small view; it alone may stand in other pages. */
function embed(page: LivePage, unit: Unit, sharing: Sharing): Answer {
  const policy = allowFraming(safetyHeaders['Content-Security-Policy']!, sharing)
  return { ...htmlPage(renderEmbed(page.view(unit), unit)), headers: { 'Content-Security-Policy': policy } }
}

/** Where the reader has the page from: a name that was let in. A proxy says whether it speaks TLS. */
function addressOf({ headers }: IncomingMessage): string {
  const scheme = headers['x-forwarded-proto'] === 'https' ? 'https' : 'http'
  return `${scheme}://${headers.host}/`
}

function htmlPage(body: string): Answer {
  return { type: 'text/html; charset=utf-8', body }
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

/** The chart by itself: in °F, as plot.ts draws it, unless °C is asked for. It has a style of its own, which this one answer allows. */
function monthChart(draw: ReturnType<typeof createPictures>['svg']): Route {
  const hash = createHash('sha256').update(chartStyle()).digest('base64')
  const headers = { 'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${hash}'` }
  return (query) => ({ ...draw('month', parseUnit(query.get('unit')))!, headers })
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
