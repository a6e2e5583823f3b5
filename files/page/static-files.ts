import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Answer, tagOf } from './answer.ts'
import { chartStylesheet } from './inline-chart.ts'

const types = {
  'page.css': 'text/css; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'origin.js': 'text/javascript; charset=utf-8',
  'travel.js': 'text/javascript; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/** Answers with the files that the page is made of, read once; a list of names, so that no other file is ever opened. */
export function staticFiles(): [path: string, route: () => Answer][] {
  const files = Object.entries(types).map(([name, type]) => ({
    ...{ name, type, body: readFileSync(join(import.meta.dirname, 'static', name)) },
  }))
  const chart = { name: 'chart.css', type: types['page.css'], body: Buffer.from(chartStylesheet()) }
  return [...files, chart].map(({ name, type, body }) => {
    const answer = { type, body, tag: tagOf(body) }
    return [`/${name}`, () => answer]
  })
}
