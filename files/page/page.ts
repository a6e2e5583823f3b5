import { partitions } from '../lib/weather/partitions.ts'
import { type Html, html, trusted } from './html.ts'
import type { Unit } from './unit.ts'
import type { View } from './view.ts'

type Fragments = View['fragments']

/** Renders the whole page. All that can change is inside elements whose ids are the names of the fragments. */
export function renderPage({ fragments, version }: View, unit: Unit): string {
  const page = html`<!doctype html>
<html lang="en">
${head(fragments)}
<body data-unit="${unit}" data-version="${version}">
<header><h1 id="heading">${markup(fragments, 'heading')}</h1>${part(fragments, 'source')}${part(fragments, 'summary')}${unitLinks(unit)}<p id="connection" role="alert"></p></header>
<main>
${months(fragments)}
${section('strip', 'How far is the counting?', part(fragments, 'strip'))}
${history(fragments)}
${normals(fragments)}
${section('numbers', 'The numbers', html`${downloads}${numbers(fragments, unit)}`)}
${section('records', 'Which records fell last?', part(fragments, 'records'))}
</main>
<footer><p>Means of daily maxima, each day counted once. Point at a number, touch it, or move to it with Tab and the
arrow keys, to see where it comes from.</p><div id="origin" hidden></div></footer>
<p id="live" class="unseen" role="status" aria-live="polite"></p>
<div id="spoken" hidden>${markup(fragments, 'spoken')}</div>
</body>
</html>
`
  return page.markup
}

const head = (fragments: Fragments) => html`<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="Monthly means of daily maximum temperatures, as they are counted">
<title id="title">${markup(fragments, 'title')}</title>
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="page.css">
<link rel="stylesheet" href="chart.css">
<script type="module" src="live.js"></script>
</head>`

const files = partitions.map((partition) => `partition-${partition}.json`)
const downloads = html`<p class="links">${['stats.csv', ...files, 'month.svg'].map(
  (name) => html`<a href="${name}">${name}</a> `,
)}</p>`

function part(fragments: Fragments, name: string): Html {
  return html`<div id="${name}">${markup(fragments, name)}</div>`
}

function markup(fragments: Fragments, name: string): Html {
  return trusted(fragments.get(name) ?? '')
}

function section(name: string, title: string, content: Html): Html {
  const id = `section-${name}`
  return html`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>${content}</section>`
}

function months(fragments: Fragments): Html {
  const chart = scroller('Chart of the first three months', part(fragments, 'chart'))
  const sentences = html`${part(fragments, 'sentences')}${part(fragments, 'other-sentences')}`
  return section('months', 'How warm are the months?', html`<div class="months">${sentences}${chart}</div>`)
}

function history(fragments: Fragments): Html {
  const charts = [
    { name: 'heat-map', title: 'Each month against its own mean' },
    { name: 'year-lines', title: 'Each year' },
    { name: 'stripes', title: 'Warming stripes' },
  ]
  const drawn = charts.map(
    ({ name, title }) => html`<h3>${title}</h3>${scroller(title, part(fragments, name))}`,
  )
  const content = html`${part(fragments, 'years')}${drawn}`
  return section('history', 'How do they compare with their own past?', content)
}

/** There is a section of normals only where a reference period was asked for. */
function normals(fragments: Fragments): Html | undefined {
  if (!fragments.get('normals')) return undefined
  const table = scroller('Table of the normals', part(fragments, 'normals'))
  return section('normals', 'How do they compare with their normals?', table)
}

function numbers(fragments: Fragments, unit: Unit): Html {
  const decades = [...fragments]
    .filter(([name, markup]) => /^table-\d+$/.test(name) && markup)
    .sort(([a], [b]) => Number(b.slice(6)) - Number(a.slice(6)))
    .map(([name, markup]) => html`<tbody id="${name}">${trusted(markup)}</tbody>`)
  const head = markup(fragments, 'table-head')
  const caption = html`Mean daily maximum, °${unit}; <i>in italics</i> while days are missing`
  const table = html`<table class="numbers"><caption>${caption}</caption><thead id="table-head">${head}</thead>${decades}</table>`
  return scroller('Table of the numbers', table, 'scroll tall')
}

/** What is wider than a phone scrolls by itself, and can do so by keyboard; the page never does sideways. */
function scroller(label: string, content: Html, looks = 'scroll'): Html {
  return html`<div class="${looks}" tabindex="0" role="region" aria-label="${label}">${content}</div>`
}

function unitLinks(unit: Unit): Html {
  const link = (to: Unit) =>
    html`<a href="?unit=${to}"${to === unit && html` aria-current="true"`}>°${to}</a>`
  return html`<nav aria-label="Unit of temperature">${link('F')}${link('C')}</nav>`
}
