import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

type Renderer = (svg: string) => Buffer

const { resolve } = createRequire(import.meta.url)
// The picture's own sans-serif, for a container has no fonts.
const fonts = ['dejavu-fonts-ttf/ttf/DejaVuSans.ttf', 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf']
let renderer: Promise<Renderer> | undefined

/** Renders an SVG document as PNG, at its own size. What that takes is loaded with the first one. */
export async function renderPng(svg: string): Promise<Buffer> {
  renderer ??= loadRenderer()
  return (await renderer)(withoutVariables(svg))
}

async function loadRenderer(): Promise<Renderer> {
  const { initWasm, Resvg } = await import('@resvg/resvg-wasm')
  await initWasm(readFileSync(resolve('@resvg/resvg-wasm/index_bg.wasm')))
  const fontBuffers = fonts.map((path) => readFileSync(resolve(path)))
  const families = { defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' }
  return (svg) => {
    const drawing = new Resvg(svg, { font: { fontBuffers, ...families }, background: '#ffffff' })
    const image = drawing.render()
    const bytes = Buffer.from(image.asPng())
    image.free()
    drawing.free()
    return bytes
  }
}

/** The renderer knows no variables of CSS: month.svg's light ones are put in their places. */
function withoutVariables(svg: string): string {
  const values = new Map<string, string>()
  for (const [, name, value] of svg.matchAll(/(--[a-z]+): ([^;]+);/g))
    if (!values.has(name!)) values.set(name!, value!)
  return svg
    .replace(/@media[^{]*\{[^{}]*\{[^}]*\}\s*\}/, '')
    .replace(/var\((--[a-z]+)\)/g, (_, name: string) => values.get(name) ?? 'none')
}
