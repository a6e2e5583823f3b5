import { drawMonthChart } from '../lib/results/month-chart.ts'
import { describeSource } from '../lib/weather/source.ts'
import type { Answer } from './answer.ts'
import type { Chart } from './chart-frame.ts'
import type { Climate } from './climate.ts'
import { headingText } from './heading.ts'
import { heatMap } from './heat-map.ts'
import { latestText } from './latest.ts'
import { drawPicture, drawPreview, type PictureTexts, picturePolicy } from './picture.ts'
import { renderPng } from './png.ts'
import { stripes } from './stripes.ts'
import { scales, type Unit } from './unit.ts'
import { yearLines } from './year-lines.ts'

/** The pictures that can be had as SVG and as PNG, by the names of their files. */
export const pictures: Readonly<Record<string, (climate: Climate, unit: Unit) => string | undefined>> = {
  stripes: (climate, unit) => picture(climate, stripes(climate, unit), 'Each year compared with the average'),
  'heat-map': (climate, unit) =>
    picture(climate, heatMap(climate, unit), 'Each month compared with its average'),
  'year-lines': (climate, unit) => picture(climate, yearLines(climate, unit), 'Month by month'),
  month: ({ averages, source }, unit) => drawMonthChart(averages, { source, scale: scales[unit] }),
  preview: (climate, unit) => {
    const { latest, years } = climate
    const subtitle = latest ? latestText(climate, latest, unit) : 'Nothing has been counted yet'
    return drawPreview(stripes(climate, unit), years, { title: titleOf(climate), subtitle })
  },
}

function picture(climate: Climate, chart: Chart | undefined, subtitle: string): string | undefined {
  const texts: PictureTexts = { title: titleOf(climate), subtitle }
  return chart && drawPicture(chart, texts)
}

function titleOf(climate: Climate): string {
  return climate.source ? describeSource(climate.source, climate.span) : headingText(climate)
}

/** A rendering takes a tenth of a second, in which nobody else is answered: it is not made anew for each record. */
const pngMs = 5000

/** Makes the function that answers with pictures as they are now; undefined for one that has nothing to show yet. */
export function createPictures(climate: () => Climate, version: () => string) {
  const drawn = new Map<string, { tag: string; svg: string | undefined }>()
  const rendered = new Map<string, { tag: string; at: number; body: Buffer }>()
  const draw = (name: string, unit: Unit) => {
    const [key, tag] = [`${name}-${unit}`, version()]
    let last = drawn.get(key)
    if (last?.tag !== tag) last = { tag, svg: pictures[name]!(climate(), unit) }
    drawn.set(key, last)
    return last
  }
  const svg = (name: string, unit: Unit): Answer | undefined => {
    const { tag, svg } = draw(name, unit)
    const headers = { 'Content-Security-Policy': picturePolicy }
    return svg === undefined
      ? undefined
      : { type: 'image/svg+xml', body: svg, tag: `${tag}-${unit}`, headers }
  }
  const png = async (name: string, unit: Unit): Promise<Answer | undefined> => {
    const key = `${name}-${unit}`
    let last = rendered.get(key)
    const { tag, svg } = draw(name, unit)
    if (svg === undefined) return undefined
    if (last?.tag !== tag && !(last && performance.now() - last.at < pngMs)) {
      last = { tag, at: performance.now(), body: await renderPng(svg) }
      rendered.set(key, last)
    }
    return { type: 'image/png', body: last!.body, tag: `${last!.tag}-${unit}` }
  }
  return { svg, png }
}
