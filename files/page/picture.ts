import { createHash } from 'node:crypto'
import { type Chart, yearTicks } from './chart-frame.ts'
import { type Html, html, trusted } from './html.ts'

/** What a picture says around its chart. */
export type PictureTexts = { title: string; subtitle: string }

const margin = { left: 60, right: 40, top: 84, bottom: 84 }
const plotWidth = 1000
const width = margin.left + plotWidth + margin.right

// The light colours of page.css in so many words: a picture by itself has no page, and its renderer knows no variables.
const style = `
text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; font-size: 13px; fill: #555f6b; }
.title { font-size: 24px; font-weight: 700; fill: #1b2129; }
.subtitle { font-size: 16px; }
.card { fill: #ffffff; }
.c0 { fill: #2166ac; } .c1 { fill: #4393c3; } .c2 { fill: #92c5de; } .c3 { fill: #d1e5f0; } .c4 { fill: #f3f3f1; }
.c5 { fill: #fddbc7; } .c6 { fill: #f4a582; } .c7 { fill: #d6604d; } .c8 { fill: #b2182b; }
.dots { fill: none; stroke: #1b2129; stroke-width: 4; stroke-linecap: round; }
.tick { stroke: #555f6b; } .grid { stroke: #e6e9ed; } .grid.zero { stroke: #555f6b; }
.older path { fill: none; stroke: #7d8894; stroke-opacity: 0.3; }
.whole path { fill: none; stroke: #1b2129; stroke-width: 2.25; }
.mean { fill: none; stroke: #1b2129; stroke-width: 1.5; stroke-dasharray: 5 4; }
.newest path { fill: none; stroke: #b3420b; stroke-width: 3.5; stroke-linejoin: round; stroke-linecap: round; }
.newest .points { stroke-width: 7; }
.label { fill: #b3420b; font-size: 15px; font-weight: 700; paint-order: stroke; stroke: #ffffff; stroke-width: 4px; } .label.whole { fill: #1b2129; }
`

/** The policy under which a picture may use its own style. */
export const picturePolicy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`

/** Draws a chart by itself, as an SVG document that needs nothing else. */
export function drawPicture(chart: Chart, texts: PictureTexts): string {
  const height = chart.name === 'stripes' ? 240 : chart.height
  const { left, top } = margin
  const { key, words } = chart.picture
  const rows =
    chart.rows &&
    html`<svg x="0" y="${top}" width="${left - 8}" height="${height}" overflow="visible"><g transform="translate(${left - 8})" text-anchor="end">${chart.rows}</g></svg>`
  const overlay = chart.overlay && nested(left, top, plotWidth, height, chart.overlay)
  const foot = top + height + 40
  const legend = key
    ? html`<g transform="translate(${left} ${foot})">${key}<text x="412" y="13">${words}</text></g>`
    : html`<text x="${left}" y="${foot + 13}">${words}</text>`
  return document(
    texts,
    { width, height: height + margin.top + margin.bottom },
    html`<svg x="${left}" y="${top}" width="${plotWidth}" height="${height}" viewBox="0 0 ${chart.width} ${chart.height}" preserveAspectRatio="none">${chart.plot}</svg>${rows}${overlay}${nested(left, top + height, plotWidth, 26, chart.columns)}${legend}`,
  )
}

/** Draws the picture that stands for the page where its address is shared: 1200 by 630, as readers of `og:image` expect. */
export function drawPreview(
  stripes: Chart | undefined,
  years: readonly number[],
  texts: PictureTexts,
): string {
  const drawn =
    stripes &&
    html`<svg x="0" y="130" width="1200" height="450" viewBox="0 0 ${stripes.width} ${stripes.height}" preserveAspectRatio="none">${stripes.plot}</svg>${nested(0, 580, 1200, 26, yearTicks(years))}`
  return document(texts, { width: 1200, height: 630 }, drawn ?? html``)
}

function nested(x: number, y: number, width: number, height: number, content: Html): Html {
  return html`<svg x="${x}" y="${y}" width="${width}" height="${height}" overflow="visible">${content}</svg>`
}

function document(
  { title, subtitle }: PictureTexts,
  size: { width: number; height: number },
  content: Html,
): string {
  const { width, height } = size
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${title}. ${subtitle}"><style>${trusted(style)}</style><rect class="card" width="${width}" height="${height}"/><text class="title" x="${margin.left}" y="38">${title}</text><text class="subtitle" x="${margin.left}" y="64">${subtitle}</text>${content}</svg>
`.markup
}
