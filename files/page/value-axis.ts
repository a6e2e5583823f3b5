import { percent } from './chart-frame.ts'
import { type Html, html } from './html.ts'
import { scales, type Unit } from './unit.ts'

/** Values at the bottom and the top of an axis, and what lies between two of its lines. */
export type Axis = { low: number; high: number; step: number }

/** Chooses an axis with round steps that holds all values. */
export function axisOf(values: readonly number[]): Axis {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  const span = Math.max(most - least, 1)
  const power = 10 ** Math.floor(Math.log10(span / 6))
  const step = power * ([1, 2, 5].find((nice) => span / (nice * power) <= 8) ?? 10)
  const [low, high] = [Math.floor(least / step) * step, Math.ceil(most / step) * step]
  // Values that are all one round number stand on a line of the axis.
  return { low, high: high > low ? high : low + step, step }
}

/** Where a value stands, down from the top. */
export function yOf(value: number, { low, high }: Axis, height: number): number {
  return Math.round((1 - (value - low) / (high - low)) * height * 10) / 10
}

/** The values at which the axis has a line. */
export function axisValues({ low, high, step }: Axis): number[] {
  const count = Math.round((high - low) / step)
  return Array.from({ length: count + 1 }, (_, index) => low + index * step)
}

/** Writes them, the unit at the topmost. */
export function valueLabels(axis: Axis, unit: Unit, height: number): Html[] {
  const values = axisValues(axis)
  return values.map((value, index) => {
    const text = String(Number(value.toPrecision(6))).replace('-', '−')
    const suffix = index === values.length - 1 ? ` ${scales[unit].unit}` : ''
    return html`<text class="value" y="${percent(yOf(value, axis, height) / height)}" dy="4">${text}${suffix}</text>`
  })
}
