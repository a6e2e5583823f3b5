import type { Chart } from './chart-frame.ts'
import { type Html, html } from './html.ts'
import { difference, scales, type Unit } from './unit.ts'

/**
 * How far a number lies from a mean, in one of nine classes: 0 far below, 4 about equal, 8 far above. Their colours are
 * in page.css, from blue to red through a neutral one, which also the colour-blind tell apart.
 */
export type ColourScale = {
  classOf: (apart: number) => number
  /** Width of a class, in the unit that the reader chose. */
  step: number
}

/** The number of classes, odd for one in the middle. */
export const classCount = 9

const niceSteps = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8]

/** Makes a scale on which 95 % of the differences lie within the coloured classes, with a round step. */
export function makeColourScale(differences: readonly number[], unit: Unit): ColourScale {
  const sizes = differences.map((apart) => Math.abs(difference(apart, unit))).sort((a, b) => a - b)
  const wide = sizes[Math.floor(sizes.length * 0.95)] ?? 0
  const step = niceStep(wide / (classCount / 2))
  const middle = (classCount - 1) / 2
  const classOf = (apart: number) => {
    // Math.round alone would put -2.5 nearer to zero than 2.5.
    const away = Math.sign(apart) * Math.round(Math.abs(difference(apart, unit)) / step)
    return Math.min(Math.max(away + middle, 0), classCount - 1)
  }
  return { classOf, step }
}

/** Draws the classes in a row, with the differences that they begin at, and says from what. */
export function legend(scale: ColourScale, unit: Unit, of: string): Pick<Chart, 'legend' | 'picture'> {
  const [boxes, from] = [colourKey(scale), `${scales[unit].unit} from ${of}`]
  return {
    legend: html`<p class="legend"><svg viewBox="0 0 398 34" width="398" height="34" role="img" aria-label="Colours from blue, below the mean, to red, above it">${boxes}</svg><span>${from}</span></p>`,
    picture: { key: boxes, words: from },
  }
}

function colourKey({ step }: ColourScale): Html {
  const middle = (classCount - 1) / 2
  const boxes = Array.from({ length: classCount }, (_, index) => {
    const x = 1 + index * 44
    return html`<rect class="c${index}" x="${x}" y="1" width="44" height="12"/><text x="${x + 22}" y="28" text-anchor="middle">${label(index - middle, step)}</text>`
  })
  return html`${boxes}`
}

function label(away: number, step: number): string {
  const text = String(Number((Math.abs(away) * step).toPrecision(3)))
  if (away === 0) return '0'
  return `${away < 0 ? '−' : '+'}${text}`
}

function niceStep(step: number): number {
  if (!(step > 0)) return 0.1
  const power = 10 ** Math.floor(Math.log10(step))
  return Number(((niceSteps.find((nice) => nice * power >= step) ?? 10) * power).toPrecision(2))
}
