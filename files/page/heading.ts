import { describeSource, nameOf, type Source, spanOf } from '../lib/weather/source.ts'
import type { Climate } from './climate.ts'
import { type Html, html } from './html.ts'
import { scales, type Unit } from './unit.ts'

/** The page's heading: a station's name, or else the project's. */
export function headingText({ source }: Climate): string {
  return source?.kind === 'observed' ? nameOf(source) : 'Almanac'
}

export function heading(climate: Climate): Html {
  return html`${headingText(climate)}`
}

/** The name of the page among others. */
export function pageTitle({ source, span }: Climate): Html {
  return html`${source ? `${describeSource(source, span)} – ` : ''}Almanac`
}

/** Says below the heading whose days these are, of which years, and in what unit they are shown. */
export function sourceLine({ source, span }: Climate, unit: Unit): Html {
  const shown = scales[unit].unit
  if (!span) return html`${shown}`
  if (!source) return html`${spanOf(span)}, ${shown}; where the days come from was not noted.`
  if (source.kind === 'synthetic') return html`${describeSource(source)}, ${spanOf(span)}, ${shown}`
  const place = placeOf(source)
  const details = [source.name && source.id, place].filter(Boolean).join(', ')
  const line = [spanOf(span), source.dataset, shown].filter(Boolean).join(', ')
  return html`${line}${details && html` <span class="details">(${details})</span>`}`
}

function placeOf({ latitude, longitude, elevation }: Source): string {
  if (latitude === undefined || longitude === undefined) return ''
  const height = elevation === undefined ? '' : `, ${Math.round(elevation)} m`
  return `${degrees(latitude, 'N', 'S')} ${degrees(longitude, 'E', 'W')}${height}`
}

function degrees(value: number, positive: string, negative: string): string {
  return `${Math.abs(value).toFixed(4)}° ${value < 0 ? negative : positive}`
}
