import { formatCount } from './format-count.ts'
import { type Html, html } from './html.ts'

/**
 * A chart as its page shows it: the plot is stretched to the width that there is, and the texts around it keep their size.
 *
 * Everything in the plot is in the units of its own box, which begins at 0 0; lines and dots keep their width
 * (`vector-effect` in page.css). Texts beside it stand at a percentage of the plot's height or width.
 */
export type Chart = {
  name: 'heat' | 'lines' | 'stripes' | 'days'
  /** What the chart shows, in a sentence. */
  label: string
  width: number
  height: number
  plot: Html
  /** What origin.js needs besides, as attributes. */
  data?: Html
  /** Texts to the left. */
  rows?: Html
  /** Ticks and texts below. */
  columns: Html
  /** Texts on the plot. */
  overlay?: Html
  legend: Html
  /** The same for a picture by itself: a key of 398 by 34, and words. */
  picture: { key?: Html; words: string }
}

/** Draws a chart for the page, one stop of the Tab key: the arrow keys go on from there. Days stand beside their table. */
export function figure({ name, label, width, height, plot, data, rows, columns, overlay }: Chart): Html {
  const isTold = name !== 'days'
  const beside = rows && html`<svg class="rows" aria-hidden="true">${rows}</svg>`
  const above = overlay && html`<svg class="overlay" aria-hidden="true">${overlay}</svg>`
  return html`<div class="figure ${name}">${beside}<div class="columns"><svg id="plot-${name}" class="plot" viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" aria-label="${label}" ${isTold && html`tabindex="0" data-plot="${name}" ${data}`}>${plot}${isTold && html`<path class="cursor"/>`}</svg>${above}<svg class="axis" aria-hidden="true">${columns}</svg></div></div>`
}

/** Draws years below columns of the same width: at most about sixteen of them, half as many where it is narrow. */
export function yearTicks(years: readonly number[]): Html {
  const every = [1, 2, 5, 10, 20, 50, 100, 500].find((step) => years.length / step <= 16) ?? 1000
  const ticks = years.flatMap((year, index) => {
    if (year % every !== 0) return []
    const x = percent((index + 0.5) / years.length)
    // At the edges a label is moved in, so that it is not cut off.
    const anchor = index < years.length * 0.03 ? 'start' : index > years.length * 0.97 ? 'end' : 'middle'
    const looks = (year / every) % 2 !== 0 && 'alternate'
    return [
      html`<line class="tick" x1="${x}" x2="${x}" y1="0" y2="4"/><text class="year ${looks}" x="${x}" y="19" text-anchor="${anchor}">${year}</text>`,
    ]
  })
  return html`${ticks}`
}

/** A share of a width or height. */
export function percent(share: number): string {
  return `${Math.round(share * 10_000) / 100}%`
}

/** Says which years are shown when there are more. */
export function yearsNote(yearsInAll: number, years: readonly number[]): Html | undefined {
  if (yearsInAll <= years.length) return undefined
  return html`<p class="note">The last ${years.length} of ${formatCount(yearsInAll)} years are shown, ${years[0]} to ${years.at(-1)}; <a href="stats.csv">stats.csv</a> has them all.</p>`
}
