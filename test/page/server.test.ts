import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import parsePrometheus from 'parse-prometheus-text-format'
import { type MonthName, monthNames } from '../../files/lib/weather/calendar.ts'
import { isOurHost, servePage } from '../../files/page/server.ts'
import { partitionFileText } from '../support/climate.ts'
import { golden, putPartitionFile as put, serve } from '../support/pages.ts'
import { runProgram, startProgram, temporaryFolder } from '../support/program.ts'
import { seededRandom } from '../support/seeded-random.ts'
import { waitFor } from '../support/wait-for.ts'

type Reply = { status: number; headers: IncomingHttpHeaders; text: string }

/** Asks for a path exactly as it is given: `fetch` would tidy it up. */
function ask(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      { host: '127.0.0.1', port, path, headers, method, agent: false },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part) => (text += part))
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }))
      },
    )
    request.on('error', reject).end()
  })
}

/** Sends bytes as they are and returns all that comes back until the connection ends. */
function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
    socket.setEncoding('latin1').on('data', (part) => (text += part))
    socket.on('error', () => {}) // Being broken off is an answer.
    socket.on('close', () => resolve(text))
  })
}

test('a partition file is served as it is on disk, with an ETag, and as 304 to whoever has it', async (t) => {
  const { port, folder } = await serve(t)
  const text = readFileSync(join(folder, 'partition-2.json'), 'utf8')
  const first = await ask(port, '/partition-2.json')
  assert.deepEqual([first.status, first.text], [200, text])
  assert.equal(first.headers['cache-control'], 'no-cache')
  const etag = first.headers.etag!
  const again = await ask(port, '/partition-2.json', { 'If-None-Match': `"x", W/${etag}` })
  assert.deepEqual([again.status, again.text, again.headers.etag], [304, '', etag])
  const head = await ask(port, '/partition-2.json', {}, 'HEAD')
  assert.deepEqual([head.status, head.text, head.headers['content-length']], [200, '', `${text.length}`])
  put(folder, 2, text.replace('{', '{ '))
  const changed = await ask(port, '/partition-2.json', { 'If-None-Match': etag })
  assert.deepEqual([changed.status, changed.text], [200, text.replace('{', '{ ')])
  rmSync(join(folder, 'partition-2.json'))
  assert.equal((await ask(port, '/partition-2.json')).status, 404)
})

test('stats.csv has each month of the partition files, and month.svg is that of plot.ts', async (t) => {
  const { port, folder } = await serve(t)
  const { text, headers } = await ask(port, '/stats.csv')
  const [head, ...lines] = text.trimEnd().split('\r\n')
  assert.equal(
    head,
    'month,year,count,sum,avg,start,end,partition,offset,unit,station,name,dataset,normal,normal_years,anomaly,longest_gap,uncertain_years',
  )
  const expected = [0, 1, 2, 3].flatMap((partition) => {
    const {
      offset,
      partition: _,
      ...months
    } = JSON.parse(readFileSync(join(folder, `partition-${partition}.json`), 'utf8'))
    return Object.entries<Record<string, Record<string, unknown>>>(months).flatMap(([month, years]) =>
      Object.entries(years).map(([year, { count, sum, avg, start, end }]) => {
        // Nothing is missing in these but the days after the last one.
        const gap =
          new Date(Number(year), monthNames.indexOf(month as MonthName) + 1, 0).getDate() - Number(count)
        const unknown = ['', '', '', '', '', '']
        return [
          month,
          Number(year),
          count,
          sum,
          avg,
          start,
          end,
          partition,
          offset,
          'F',
          ...unknown,
          gap,
          '',
        ].join()
      }),
    )
  })
  assert.deepEqual(lines.sort(), expected.sort())
  assert.equal((await ask(port, '/stats.csv', { 'If-None-Match': headers.etag! })).status, 304)
  assert.equal((await ask(port, '/month.svg')).text, readFileSync(join(golden, 'month.svg'), 'utf8'))
})

test('healthz is 200, and a real parser reads the metrics', async (t) => {
  const { port, folder } = await serve(t)
  const health = await ask(port, '/healthz')
  assert.deepEqual([health.status, JSON.parse(health.text).status], [200, 'ok'])
  const families = parsePrometheus((await ask(port, '/metrics')).text)
  const offsets = families
    .find(({ name }) => name === 'almanac_partition_offset')!
    .metrics.map(({ value }) => Number(value))
  assert.deepEqual(
    offsets,
    [0, 1, 2, 3].map(
      (partition) => JSON.parse(readFileSync(join(folder, `partition-${partition}.json`), 'utf8')).offset,
    ),
  )
  assert.ok(families.some(({ name }) => name === 'almanac_partition_file_age_seconds'))
})

test('no path leads out of the folder or to a file that is not meant', async (t) => {
  const { port, folder } = await serve(t)
  mkdirSync(join(folder, '.almanac'))
  writeFileSync(join(folder, 'secret'), 'secret')
  writeFileSync(join(folder, '.almanac/partition-2.json'), 'secret')
  const paths = [
    '/secret',
    '/.almanac/partition-2.json',
    '/../secret',
    '/..%2fsecret',
    '/%2e%2e/secret',
    '//secret',
  ]
  const others = [
    '/partition-2.json%00.css',
    '/partition-4.json',
    '/partition-2.json/',
    '/partition-%32.json',
    '/.',
  ]
  const more = [
    '/%',
    '/page.ts',
    '/static/page.css',
    '/partition-2.json.tmp',
    '/page.css/../secret',
    'secret',
    '/%2fetc%2fpasswd',
  ]
  for (const path of [...paths, ...others, ...more]) {
    const { status, text } = await ask(port, path)
    assert.ok(status === 404 || status === 400, `${path}: ${status}`)
    assert.doesNotMatch(text, /secret|root:/)
  }
})

test('a symbolic link and a folder in place of a partition file are not followed', async (t) => {
  const { port, folder } = await serve(t)
  writeFileSync(join(folder, 'secret'), '{"partition": 1, "offset": 77}')
  for (const partition of [1, 3]) rmSync(join(folder, `partition-${partition}.json`))
  symlinkSync(join(folder, 'secret'), join(folder, 'partition-1.json'))
  mkdirSync(join(folder, 'partition-3.json'))
  assert.equal((await ask(port, '/partition-1.json')).status, 404)
  assert.equal((await ask(port, '/partition-3.json')).status, 404)
  await waitFor('the page to say so', async () => /the file is gone/.test((await ask(port, '/')).text))
})

test('only the names of this machine and the one in --host are answered to', async (t) => {
  const { port } = await serve(t)
  for (const host of ['localhost', `127.0.0.1:${port}`, '[::1]:8080', 'LOCALHOST:1'])
    assert.equal((await ask(port, '/healthz', { Host: host })).status, 200, host)
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', '192.0.2.1', 'a b'])
    assert.equal((await ask(port, '/healthz', { Host: host })).status, 421, host)
  assert.match(await sendRaw(port, 'GET /healthz HTTP/1.0\r\n\r\n'), /^HTTP\/1.1 421/)
  assert.ok(isOurHost('weather.example:80', 'weather.example'))
  assert.ok(isOurHost('192.0.2.1:8080', '0.0.0.0') && isOurHost('[2001:db8::1]', '::'))
  assert.ok(!isOurHost('evil.example', '0.0.0.0'))
})

test('the page is read-only, and its answers forbid what it does not need', async (t) => {
  const { port } = await serve(t)
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE'])
    assert.equal((await ask(port, '/', {}, method)).status, 405, method)
  const { headers, text } = await ask(port, '/')
  const policy = headers['content-security-policy'] as string
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/)
  assert.doesNotMatch(policy, /unsafe/)
  assert.equal(headers['x-content-type-options'], 'nosniff')
  assert.doesNotMatch(text, / style=| on\w+=|<style|<script(?! type="module" src)/)
})

test('the last good copy of a damaged file stays, and the damage is told', async (t) => {
  const { port, folder } = await serve(t)
  const before = (await ask(port, '/')).text
  assert.match(before, /January 1994 so far/)
  put(folder, 2, '{"partition": 2, "offset": "<b>"}')
  const page = await waitFor('the damage to be told', async () => {
    const { text } = await ask(port, '/')
    return text.includes('the last good copy is shown') ? text : undefined
  })
  assert.match(page, /January 1994 so far/)
  assert.match(page, /offset is &#39;&lt;b&gt;&#39;: expected a whole number/)
  assert.equal((await ask(port, '/partition-2.json')).text, '{"partition": 2, "offset": "<b>"}')
})

test('a folder that comes after the page is found', async (t) => {
  const folder = join(await temporaryFolder(t), 'later')
  const { port, close } = await servePage({ folder, host: '127.0.0.1', port: 0 })
  t.after(close)
  assert.match((await ask(port, '/')).text, /Nothing has been counted yet/)
  mkdirSync(folder)
  put(folder, 2, readFileSync(join(golden, 'partition-2.json'), 'utf8'))
  await waitFor('January', async () => /January 1994/.test((await ask(port, '/')).text))
})

test('8,000 years in each file: the first page has at most 500 kB, and changes do not starve it', async (t) => {
  const folder = await temporaryFolder(t)
  const names = [
    ['March', 'August', 'September'],
    ['February', 'July'],
    ['January', 'April', 'June', 'December'],
    ['May', 'October', 'November'],
  ] as const
  const texts = names.map((of, partition) => partitionFileText(partition, of, { first: 1990, count: 8000 }))
  for (const [partition, text] of texts.entries()) put(folder, partition, text)
  const { port, close } = await servePage({ folder, host: '127.0.0.1', port: 0 })
  t.after(close)
  const { text } = await ask(port, '/')
  assert.ok(text.length < 500_000, `${text.length} characters`)
  assert.match(text, /The last 150 of 8,000 years are shown/)
  for (let change = 0; change < 20; change++) {
    put(folder, change % 4, texts[change % 4]!.replace('10000000', String(10_000_001 + change)))
    assert.equal((await ask(port, '/fragments?unit=F&names=strip')).status, 200)
  }
})

test('155 years: the first page has at most 500 kB', async (t) => {
  const folder = await temporaryFolder(t)
  for (const partition of [0, 1, 2, 3])
    put(
      folder,
      partition,
      partitionFileText(partition, monthNames.slice(partition * 3, partition * 3 + 3), {
        first: 1869,
        count: 155,
      }),
    )
  const { port, close } = await servePage({ folder, host: '127.0.0.1', port: 0 })
  t.after(close)
  const { text } = await ask(port, '/')
  assert.ok(Buffer.byteLength(text) <= 500_000, `${Buffer.byteLength(text)} bytes`)
})

test('slow requests and huge ones are broken off', { timeout: 60_000 }, async (t) => {
  const { port } = await serve(t)
  const [slow, huge, body, smuggled] = await Promise.all([
    sendRaw(port, 'GET / HTTP/1.1\r\nHost: localhost\r\nX: '),
    sendRaw(port, `GET /?${'x'.repeat(20_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`),
    sendRaw(
      port,
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n${'x'.repeat(100_000)}`,
    ),
    sendRaw(
      port,
      'GET / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n',
    ),
  ])
  assert.match(slow, /^HTTP\/1.1 408/)
  assert.match(huge, /^HTTP\/1.1 431/)
  assert.match(body, /^HTTP\/1.1 405|^$/)
  assert.match(smuggled, /^HTTP\/1.1 400/)
  assert.equal((await ask(port, '/healthz')).status, 200)
})

test('10,000 fuzzed requests: no 5xx, no hang, no file outside the folder', async (t) => {
  const { port, folder } = await serve(t)
  writeFileSync(join(folder, '..', 'almanac-test-outside'), 'outside-secret')
  t.after(() => rmSync(join(folder, '..', 'almanac-test-outside')))
  const random = seededRandom(t)
  const below = (end: number) => Math.floor(random() * end)
  const pieces = [
    '/',
    '..',
    '.',
    '%2e',
    '%2f',
    '%00',
    '%',
    '\\',
    'partition-2.json',
    'almanac-test-outside',
    '.almanac',
    '?',
    '&',
    'unit=C',
    'names=',
    'strip',
    '+',
    'fragments',
    'events2',
    'stats.csv',
    'metrics',
    '%ff',
    '//',
    ';',
    '#',
    'etc/passwd',
    '%c0%ae',
    '~',
    'x'.repeat(300),
    'month.svg',
    '=',
    'since=1-1',
  ]
  const statuses = new Map<number, number>()
  const one = async () => {
    const path = `/${Array.from({ length: below(8) }, () => pieces[below(pieces.length)]).join('')}`
    const headers: Record<string, string> =
      random() < 0.2 ? { 'If-None-Match': pieces[below(pieces.length)]!, Range: 'bytes=0-' } : {}
    const reply = await ask(port, path, headers, random() < 0.1 ? 'HEAD' : 'GET')
    statuses.set(reply.status, (statuses.get(reply.status) ?? 0) + 1)
    assert.ok(reply.status < 500, `${path}: ${reply.status}`)
    assert.doesNotMatch(reply.text, /outside-secret|root:/, path)
  }
  for (let sent = 0; sent < 9000; sent += 50) await Promise.all(Array.from({ length: 50 }, one))
  const raw = async () => {
    const noise = Array.from({ length: below(200) }, () => String.fromCharCode(below(256))).join('')
    const lines = ['GET / HTTP/1.1', 'Host: localhost', 'Connection: close', `X: ${noise}`, '', '']
    lines.splice(below(lines.length), 1, noise)
    const reply = await sendRaw(port, `${lines.join('\r\n')}\r\n\r\n`)
    assert.doesNotMatch(reply, /^HTTP\/1.1 5(?!05)|outside-secret/)
  }
  for (let sent = 0; sent < 1000; sent += 100) await Promise.all(Array.from({ length: 100 }, raw))
  t.diagnostic(`statuses: ${JSON.stringify([...statuses])}`)
  assert.equal((await ask(port, '/healthz')).status, 200)
})

test('200 open event streams cost under 50 MB, while files change', async (t) => {
  const folder = await temporaryFolder(t)
  const text = partitionFileText(0, ['January'], { first: 1869, count: 155 })
  put(folder, 0, text)
  const program = startProgram(t, 'dashboard.ts', ['--port', '0'], { DATA_DIR: folder })
  const address = await waitFor('the address', () => /http:\S+/.exec(program.stdout())?.[0])
  const port = Number(new URL(address).port)
  const memory = async () => {
    const families = parsePrometheus((await ask(port, '/metrics')).text)
    return (
      Number(families.find(({ name }) => name === 'process_resident_memory_bytes')!.metrics[0]!.value) /
      2 ** 20
    )
  }
  const touch = async (from: number) => {
    for (let change = from; change < from + 40; change++) {
      put(folder, 0, text.replace('10000000', String(10_000_000 + change)))
      await waitFor('the change to be seen', async () =>
        (await ask(port, '/metrics')).text.includes(
          `almanac_partition_offset{partition="0"} ${10_000_000 + change}`,
        ),
      )
      await ask(port, '/fragments?names=strip')
    }
  }
  // Twice, so that the heap has grown to what changes alone need.
  await touch(1)
  await touch(50)
  const before = await memory()
  let events = 0
  const sockets = Array.from({ length: 200 }, () => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n'),
    )
    return socket.on('data', (data) => (events += data.toString().split('event: changed').length - 1))
  })
  t.after(() => sockets.map((socket) => socket.destroy()))
  await waitFor('all streams to begin', () => events >= 200)
  await touch(100)
  const after = await memory()
  t.diagnostic(`${before.toFixed(0)} MB, with 200 streams ${after.toFixed(0)} MB; ${events} events`)
  assert.ok(events > 200 * 20, `${events}`)
  assert.ok(after - before < 50, `${after - before}`)
})

test('dashboard.ts says its address first of all, and stops at SIGTERM with open streams', async (t) => {
  const program = startProgram(t, 'dashboard.ts', ['--port', '0'], { DATA_DIR: golden })
  const address = await waitFor(
    'the address',
    () => /^The page of .*: (http:\S+)\n/.exec(program.stdout())?.[1],
  )
  const response = await fetch(`${address}events`)
  program.child.kill('SIGTERM')
  assert.deepEqual(await program.ended, { code: 0, signal: null })
  await response.text().catch(() => {})
  assert.equal(program.stderr(), '')
})

test('dashboard.ts refuses arguments that make no sense, and a port that is taken', async (t) => {
  for (const args of [['--port', 'x'], ['--port', '70000'], ['--host', 'a b'], ['--other'], ['more']]) {
    const { code, stderr } = await runProgram(t, 'dashboard.ts', args)
    assert.equal(code, 2, args.join(' '))
    assert.match(stderr, /^dashboard\.ts: .*\nUsage: dashboard\.ts/)
  }
  const { port } = await serve(t)
  const { code, stderr } = await runProgram(t, 'dashboard.ts', ['--port', `${port}`], { DATA_DIR: golden })
  assert.equal(code, 1)
  assert.match(stderr, /^Port \d+ of 127\.0\.0\.1 is taken: .* --port\.\n$/)
})
