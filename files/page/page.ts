import { partitions } from '../lib/weather/partitions.ts'
import type { Years } from '../lib/weather/source.ts'
import { type Html, html, trusted } from './html.ts'
import type { Unit } from './unit.ts'
import type { View } from './view.ts'

type Fragments = View['fragments']

/** What a page is rendered for besides its fragments. */
export type PageSetting = {
  unit: Unit
  /** The reference period, if one was asked for. */
  period?: Years | undefined
  /** The day that is the newest, on a page of the past. */
  at?: string
  /** First and last day that it may be. */
  days?: { first: string; last: string } | undefined
  /** The newest month in a sentence, and the page's whole address, for where it is shared. */
  description?: string | undefined
  address?: string
}

/** Renders the whole page. All that can change is inside elements whose ids are the names of the fragments. */
export function renderPage({ fragments, version }: View, setting: PageSetting): string {
  const { unit, period, at } = setting
  // Files and pictures are those of now.
  const pictures = (name: string) => (at ? undefined : pictureLinks(name, unit))
  const page = html`<!doctype html>
<html lang="en">
${head(fragments, setting)}
<body data-unit="${unit}" data-version="${version}"${at && html` data-at="${at}"`}>
<a class="skip" href="#main">Skip to the newest month</a>
<header><h1 id="heading">${markup(fragments, 'heading')}</h1>${part(fragments, 'source')}${part(fragments, 'proof')}${unitLinks(unit, at)}<p id="connection" role="alert"></p></header>
<main id="main" tabindex="-1">
${at && html`<p class="past">This is the page as it was when ${at} was the newest day. <a href="?unit=${unit}">Back to now</a></p>`}
${section('newest', 'Newest month', html`${part(fragments, 'latest')}${part(fragments, 'beginning')}`)}
${chart(fragments, 'stripes', 'Each year compared with the average', pictures('stripes'), part(fragments, 'years'))}
${chart(fragments, 'heat-map', 'Each month compared with its average', pictures('heat-map'))}
${chart(fragments, 'year-lines', 'Month by month', pictures('year-lines'))}
${months(fragments, pictures('month'))}
${period && normals(fragments, period)}
${travel(fragments, setting)}
${section('records', 'Records', part(fragments, 'records'))}
${section('numbers', 'All numbers', html`${!at && downloads}${numbers(fragments, unit)}`)}
${!at && progress(fragments)}
</main>
<footer><p>Means of daily maxima, each day counted once. Point at a number, touch it, or move to it with Tab and the arrow keys, to see what it is made of. <a href="about">About this page and its data</a></p>
<div id="origin" hidden><b></b><span></span><span></span><a href="./">Show its records</a></div></footer>
<p id="live" class="unseen" role="status" aria-live="polite"></p>
<p id="told" class="unseen" role="status" aria-live="polite"></p>
<div id="spoken" hidden>${markup(fragments, 'spoken')}</div>
</body>
</html>
`
  return page.markup
}

const head = (fragments: Fragments, { description, address = '', unit }: PageSetting) => html`<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${description ?? 'Monthly means of daily maximum temperatures'}">
<meta property="og:type" content="website">
<meta property="og:title" content="${markup(fragments, 'title')}">
<meta property="og:description" content="${description ?? 'Monthly means of daily maximum temperatures'}">
<meta property="og:image" content="${address}preview.png?unit=${unit}">
<meta property="og:image:width" content="1200">
<meta property="og:image:height" content="630">
<meta name="twitter:card" content="summary_large_image">
<title id="title">${markup(fragments, 'title')}</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="page.css">
<link rel="stylesheet" href="chart.css">
<script type="module" src="live.js"></script>
<script type="module" src="travel.js"></script>
</head>`

const files = partitions.map((partition) => `partition-${partition}.json`)
const downloads = html`<p class="links">${['stats.csv', ...files, 'month.svg'].map(
  (name) => html`<a href="${name}">${name}</a> `,
)}</p>`

function part(fragments: Fragments, name: string, looks?: string): Html {
  return html`<div id="${name}"${looks && html` class="${looks}"`}>${markup(fragments, name)}</div>`
}

function markup(fragments: Fragments, name: string): Html {
  return trusted(fragments.get(name) ?? '')
}

function section(name: string, title: string, content: Html): Html {
  const id = `section-${name}`
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`
}

/** A chart is the stop of the Tab key itself, and scrolls with its arrow keys: what it scrolls in is none. */
function chart(fragments: Fragments, name: string, title: string, links?: Html, note?: Html): Html {
  const swipe = name === 'heat-map' && html`<p class="swipe">Swipe to see earlier years.</p>`
  return section(
    name,
    title,
    html`${part(fragments, name, 'chart-body scroll newest-end')}${part(fragments, `${name}-legend`)}${swipe}${note}${links}`,
  )
}

function pictureLinks(name: string, unit: Unit): Html {
  const link = (type: string) =>
    html`<a href="${name}.${type}?unit=${unit}" download>${type.toUpperCase()}</a>`
  return html`<p class="links downloads">Download: ${link('svg')} ${link('png')}</p>`
}

function months(fragments: Fragments, links?: Html): Html {
  const chart = html`<div class="month-chart">${part(fragments, 'chart')}</div>`
  return section(
    'months',
    'The twelve months',
    html`<div class="months">${part(fragments, 'sentences')}${chart}</div>${links}`,
  )
}

function normals(fragments: Fragments, { first, last }: Years): Html {
  const table = scroller('Table of the normals', part(fragments, 'normals'))
  return section('normals', `Normals of ${first} to ${last}`, table)
}

function numbers(fragments: Fragments, unit: Unit): Html {
  const decades = [...fragments]
    .filter(([name, markup]) => /^table-\d+$/.test(name) && markup)
    .sort(([a], [b]) => Number(b.slice(6)) - Number(a.slice(6)))
    .map(([name, markup]) => html`<tbody id="${name}">${trusted(markup)}</tbody>`)
  const head = markup(fragments, 'table-head')
  const caption = html`Mean daily maximum, °${unit}; <i>in italics</i> while days are missing`
  const table = html`<table class="numbers"><caption>${caption}</caption><thead id="table-head">${head}</thead>${decades}</table>`
  return html`<p class="swipe">Swipe to see all months.</p>${scroller('Table of the numbers', table, 'scroll tall')}`
}

/** Folded while all is well. */
function progress(fragments: Fragments): Html {
  const line = markup(fragments, 'progress')
  const isWell = line.markup.includes('data-well="true"')
  return html`<details class="progress"${!isWell && html` open`}><summary><h2 id="section-strip">Consumer progress</h2> <span id="progress">${line}</span></summary>${part(fragments, 'strip')}</details>`
}

/** What is wider than a phone scrolls by itself, and can do so by keyboard; the page never does sideways. */
function scroller(label: string, content: Html, looks = 'scroll'): Html {
  return html`<div class="${looks}" tabindex="0" role="region" aria-label="${label}">${content}</div>`
}

/** Where the log cannot be read, its place says why. The form does without script; travel.js shows the slider. */
function travel(fragments: Fragments, { unit, at, days }: PageSetting): Html {
  const range = html`<span id="travel-days" hidden>${days && `${days.first} ${days.last}`}</span>`
  const form = html`<form method="get" action="./" class="travel"><input type="hidden" name="unit" value="${unit}"><label>Day <input type="date" name="at" required value="${at ?? days?.last ?? ''}"></label> <button>Show the page of that day</button><span class="slider" hidden><input type="range" min="0" step="1" aria-label="Day"><button type="button">Play</button></span></form>`
  return section('travel', 'Time travel', html`${part(fragments, 'log-absence')}${form}${range}`)
}

function unitLinks(unit: Unit, at: string | undefined): Html {
  const link = (to: Unit) =>
    html`<a href="?unit=${to}${at && `&at=${at}`}"${to === unit && html` aria-current="true"`}>°${to}</a>`
  return html`<nav aria-label="Unit of temperature">${link('F')}${link('C')}</nav>`
}
