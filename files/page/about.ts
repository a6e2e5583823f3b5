import { version } from '../lib/core/version.ts'
import { describeSource } from '../lib/weather/source.ts'
import type { Climate } from './climate.ts'
import { type Html, html } from './html.ts'
import { renderSmallPage } from './small-page.ts'

/** What can be asked for, each with an example of its path. */
const api = [
  [
    'partition-2.json',
    'a partition file as it is on disk: each month and year with count, sum and mean in °F',
  ],
  ['stats.csv', 'all months of all years, a row each'],
  ['evidence/January/2010', 'the records of the log behind a number'],
  ['?at=2010-01-31', 'the page as it was when that day was the newest'],
  ['month.svg', 'January to March; also month.png'],
  ['stripes.svg', 'warming stripes; also stripes.png, heat-map.svg, year-lines.svg'],
  ['embed', 'a small view for other pages, where --allow-origin lets them'],
  ['healthz', 'the state of each partition'],
  ['metrics', 'for Prometheus'],
] as const

/** Renders what the page is, whose data it shows and under which licence, and what else can be asked for. */
export function renderAbout({ source, span }: Climate, address: string): string {
  const rows = api.map(
    ([path, what]) => html`<tr><td><a href="${path}">${path}</a></td><td>${what}</td></tr>`,
  )
  const data = source
    ? html`<p>${describeSource(source, span)}.</p>`
    : html`<p>Where the days come from was not noted.</p>`
  return renderSmallPage(
    'About this page',
    html`<section><h2>What it shows</h2><p>Monthly means of daily maximum temperatures, counted from an Apache Kafka log, each day exactly once. A program of its own counts the log again and holds every number against it.</p></section>
<section><h2>The data</h2>${data}${licence(source?.dataset)}</section>
<section><h2>Data for your own programs</h2><table class="api"><tbody>${rows}</tbody></table><p>Examples:</p><pre>curl ${address}stats.csv
curl ${address}evidence/January/2010
curl -o stripes.png ${address}stripes.png</pre><p class="note">Add <code>?unit=C</code> or <code>?unit=F</code> to pages and charts. Pages of other origins may read all this where the page was started with <code>--allow-origin</code>.</p></section>
<section><h2>The program</h2><p>Almanac ${version}, licence MIT.</p></section>`,
    undefined,
    './',
  )
}

function licence(dataset: string | undefined): Html {
  if (!dataset?.includes('NOAA')) return html``
  return html`<p>NOAA GHCN-Daily: Menne, M.J., I. Durre, R.S. Vose, B.E. Gleason and T.G. Houston, 2012, Journal of Atmospheric and Oceanic Technology 29, 897–910, <a href="https://doi.org/10.7289/V5D21VHZ">doi:10.7289/V5D21VHZ</a>. Works of the U.S. government, NOAA’s among them, are in the public domain in the United States; records of other countries’ stations may carry conditions of their weather services.</p>`
}
