import assert from 'node:assert/strict'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { type TestContext, test } from 'node:test'
import { inflateSync } from 'node:zlib'
import { parseHTML } from 'linkedom/worker'
import { hostName, origin } from '../../files/lib/results/page-options.ts'
import { servePage } from '../../files/page/server.ts'
import { notShared } from '../../files/page/sharing.ts'
import { golden, serve } from '../support/pages.ts'

async function shared(t: TestContext, sharing: Partial<typeof notShared>) {
  const page = await servePage({
    folder: golden,
    host: '127.0.0.1',
    port: 0,
    sharing: { ...notShared, ...sharing },
  })
  t.after(page.close)
  return page
}

type Reply = { status: number; headers: IncomingHttpHeaders; bytes: Buffer }

function ask(port: number, path: string, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, headers, agent: false }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part) => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode!, headers: response.headers, bytes: Buffer.concat(parts) }),
      )
    })
    request.on('error', reject).end()
  })
}

const data = ['/partition-2.json', '/stats.csv', '/month.svg', '/stripes.svg', '/heat-map.png', '/healthz']

test('pages of other origins read nothing unless their origin is allowed, and then data and pictures alone', async (t) => {
  const [friend, stranger] = ['https://friend.example', 'https://stranger.example']
  const closed = await shared(t, {})
  const open = await shared(t, { origins: [friend] })
  const all = await shared(t, { origins: ['*'] })
  const allows = async ({ port }: { port: number }, path: string, origin: string) => {
    const { status, headers } = await ask(port, path, { Origin: origin })
    assert.ok(status === 200 || status === 404, `${path}: ${status}`)
    return [headers['access-control-allow-origin'], headers['cross-origin-resource-policy']]
  }
  for (const path of data.filter((path) => path !== '/stripes.svg')) {
    assert.deepEqual(await allows(closed, path, friend), [undefined, 'same-origin'], path)
    assert.deepEqual(await allows(open, path, friend), [friend, 'cross-origin'], path)
    assert.deepEqual(await allows(open, path, stranger), [undefined, 'cross-origin'], path)
    assert.deepEqual(await allows(all, path, stranger), ['*', 'cross-origin'], path)
  }
  assert.equal((await ask(open.port, '/stats.csv')).headers.vary, 'Origin')
  for (const path of ['/', '/about', '/page.css', '/embed'])
    assert.equal((await allows(all, path, friend))[0], undefined, path)
})

test('only /embed may stand in other pages, and only in those of allowed origins', async (t) => {
  const ancestors = async ({ port }: { port: number }, path: string) => {
    const policy = (await ask(port, path)).headers['content-security-policy'] as string
    return /frame-ancestors ([^;]+)/.exec(policy)?.[1]
  }
  const open = await shared(t, { origins: ['https://friend.example', 'http://192.0.2.1:81'] })
  assert.equal(await ancestors(open, '/embed'), 'https://friend.example http://192.0.2.1:81')
  assert.equal(await ancestors(await shared(t, { origins: ['*'] }), '/embed'), '*')
  assert.equal(await ancestors(await shared(t, {}), '/embed'), "'none'")
  for (const path of ['/', '/about', '/evidence/January/1994'])
    assert.equal(await ancestors(open, path), "'none'", path)
  const { document } = parseHTML((await ask(open.port, '/embed')).bytes.toString())
  assert.match(document.querySelector('.latest').textContent, /^January 1994 so far/)
  assert.equal(document.querySelectorAll('script').length, 0)
})

test('the page answers to a name that is allowed, and to no other', async (t) => {
  const { port } = await shared(t, { hosts: ['weather.local'] })
  assert.equal((await ask(port, '/', { Host: 'Weather.local:8080' })).status, 200)
  assert.equal((await ask(port, '/', { Host: 'other.local' })).status, 421)
  const { bytes } = await ask(port, '/', { Host: 'weather.local', 'X-Forwarded-Proto': 'https' })
  const { document } = parseHTML(bytes.toString())
  const property = (name: string) =>
    document.querySelector(`meta[property="og:${name}"]`).getAttribute('content')
  assert.equal(property('image'), 'https://weather.local/preview.png?unit=F')
  assert.match(property('description'), /^January 1994 so far, .* °F: /)
  assert.equal(property('title'), document.querySelector('title').textContent)
})

test('an origin is a scheme and a host, a name has no port', () => {
  for (const text of ['*', 'https://a.example', 'http://127.0.0.1:8000'])
    assert.equal(origin.parse(text), text)
  for (const text of [
    '',
    'a.example',
    'https://a.example/',
    'https://a.example/x',
    'ftp://a',
    "https://a' *",
  ])
    assert.equal(origin.parse(text), undefined, text)
  assert.equal(hostName.parse('Weather.local'), 'weather.local')
  for (const text of ['', 'a b', 'a:80', '.a', '*']) assert.equal(hostName.parse(text), undefined, text)
})

/** Width, height and pixels of a PNG of 8 bits a channel, its filters undone. */
function readPng(bytes: Buffer) {
  assert.equal(bytes.toString('latin1', 1, 4), 'PNG')
  const [width, height, channels] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[25] === 6 ? 4 : 3]
  const parts: Buffer[] = []
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(bytes.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  const raw = inflateSync(Buffer.concat(parts))
  const stride = width * channels
  const pixels = Buffer.alloc(stride * height)
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!
    for (let x = 0; x < stride; x++) {
      const left = x >= channels ? pixels[y * stride + x - channels]! : 0
      const up = y > 0 ? pixels[(y - 1) * stride + x]! : 0
      const corner = x >= channels && y > 0 ? pixels[(y - 1) * stride + x - channels]! : 0
      const guess = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!
      pixels[y * stride + x] = raw[y * (stride + 1) + 1 + x]! + guess
    }
  }
  const colourAt = (x: number, y: number) => [
    ...pixels.subarray(y * stride + x * channels, y * stride + x * channels + 3),
  ]
  return { width, height, colourAt }
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(guess - value))
  if (a! <= b! && a! <= c!) return left
  return b! <= c! ? up : corner
}

test('each chart is to be had as SVG and PNG, in the colours and with the texts of its page', async (t) => {
  const { port } = await serve(t, 155)
  for (const name of ['stripes', 'heat-map', 'year-lines', 'month', 'preview']) {
    const { status, headers, bytes } = await ask(port, `/${name}.svg?unit=C`)
    assert.equal(status, 200, name)
    assert.match(headers['content-security-policy'] as string, /^default-src 'none'; style-src 'sha256-/)
    const { document } = parseHTML(bytes.toString())
    assert.equal(document.querySelector('svg').getAttribute('xmlns'), 'http://www.w3.org/2000/svg')
    assert.doesNotMatch(bytes.toString(), /NaN|undefined|\[object|Infinity/, name)
    const png = readPng((await ask(port, `/${name}.png?unit=C`)).bytes)
    const [, , width, height] = document.querySelector('svg').getAttribute('viewBox').split(' ').map(Number)
    assert.deepEqual([png.width, png.height], [width, height], name)
    const colours = new Set<string>()
    for (let y = 0; y < png.height; y += 3)
      for (let x = 0; x < png.width; x += 3) colours.add(`${png.colourAt(x, y)}`)
    // Paper, text and what is drawn: a renderer without fonts, or without styles, has fewer.
    assert.ok(colours.size > 10, `${name}: ${colours.size} colours`)
  }
})

test('the stripes of the PNG have the colours of their years', async (t) => {
  const { port } = await serve(t, 155)
  const { document } = parseHTML((await ask(port, '/')).bytes.toString())
  const drawn = [...document.querySelectorAll('#plot-stripes rect')].map((rect) => rect.getAttribute('class'))
  assert.equal(drawn.length, 155)
  const palette: Record<string, number[]> = {
    ...{ c0: [0x21, 0x66, 0xac], c1: [0x43, 0x93, 0xc3], c2: [0x92, 0xc5, 0xde], c3: [0xd1, 0xe5, 0xf0] },
    ...{ c4: [0xf3, 0xf3, 0xf1], c5: [0xfd, 0xdb, 0xc7], c6: [0xf4, 0xa5, 0x82], c7: [0xd6, 0x60, 0x4d] },
    c8: [0xb2, 0x18, 0x2b],
  }
  const { colourAt } = readPng((await ask(port, '/stripes.png')).bytes)
  for (const [index, looks] of drawn.entries())
    assert.deepEqual(
      colourAt(60 + Math.floor(((index + 0.5) * 1000) / 155), 200),
      palette[looks!],
      `${1869 + index}`,
    )
})

test('month.svg is in °F unless °C is asked for, whatever the page is shown in', async (t) => {
  const { port } = await serve(t)
  const unitOf = async (path: string) => /\d (°[FC])</.exec((await ask(port, path)).bytes.toString())![1]
  assert.equal(await unitOf('/month.svg'), '°F')
  assert.equal(await unitOf('/month.svg?unit=C'), '°C')
})

test('a picture that has nothing to show is not there, and the preview is there all the same', async (t) => {
  const { port } = await serve(t, 0)
  assert.equal((await ask(port, '/stripes.png')).status, 404)
  assert.equal(readPng((await ask(port, '/preview.png')).bytes).width, 1200)
})

test('/about names the data, the version, and paths that are there', async (t) => {
  const { port } = await serve(t)
  const { document } = parseHTML((await ask(port, '/about')).bytes.toString())
  assert.match(document.body.textContent, /Almanac \d+\.\d+\.\d+, licence MIT/)
  const paths = [...document.querySelectorAll('.api a')].map((link) => link.getAttribute('href') as string)
  assert.ok(paths.length >= 8)
  // The golden files have no January of 2010, and this page no broker.
  const expected: Record<string, number> = {
    '?at=2010-01-31': 503,
    'evidence/January/2010': 404,
  }
  for (const path of paths) assert.equal((await ask(port, `/${path}`)).status, expected[path] ?? 200, path)
})
