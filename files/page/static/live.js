// Swaps in what has changed. Without it the page is complete, only still.
import { keepShown } from './origin.js'

const { unit, version, at } = document.body.dataset
const connection = document.getElementById('connection')
const wanted = new Set()
// So that a page takes at most four answers a second, however fast numbers come.
const pauseMs = 250
let isSwapping = false

function listen(since) {
  const source = new EventSource(`events?unit=${unit}&since=${since}`)
  source.onopen = () => {
    connection.textContent = ''
  }
  source.onerror = () => {
    connection.textContent ||= `Connection lost at ${new Date().toLocaleTimeString('en-GB')}: what you see is from before. Trying again.`
    // The browser tries again by itself, except when it was answered with an error.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000, '')
  }
  source.addEventListener('changed', (event) => {
    for (const name of event.data.split(' ')) wanted.add(name)
    swap()
  })
}

async function swap() {
  // A page that nobody sees waits, and one that shows another day; what it wants is a set, which does not grow.
  if (isSwapping || document.hidden || document.body.classList.contains('traveling')) return
  isSwapping = true
  while (wanted.size > 0) {
    const names = [...wanted]
    wanted.clear()
    const pause = new Promise((resolve) => setTimeout(resolve, pauseMs))
    try {
      const response = await fetch(`fragments?unit=${unit}&names=${names.join('+')}`)
      const fragments = Object.entries(await response.json())
      if (document.body.classList.contains('traveling')) break
      for (const [name, markup] of fragments) await put(name, markup)
    } catch {
      for (const name of names) wanted.add(name)
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
    await pause
  }
  isSwapping = false
}

async function put(name, markup) {
  const element = document.getElementById(name)
  if (!element) return markup && (await putAll())
  const wasWell = isWell()
  change(() => {
    element.innerHTML = markup
  })
  if (isWell() !== wasWell) document.querySelector('.progress').open = !isWell()
}

function isWell() {
  return document.querySelector('[data-well]').dataset.well === 'true'
}

/** A fragment that the page has no place for: a decade has begun. */
async function putAll() {
  const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), 'text/html')
  change(() => document.querySelector('main').replaceWith(page.querySelector('main')))
}

/** Puts something new in place of what there was: who reads it keeps the focus, and what is told of a chart. */
function change(replace) {
  keepShown(() => {
    const focused = document.activeElement?.id
    replace()
    if (focused && document.activeElement?.id !== focused)
      document.getElementById(focused)?.focus({ preventScroll: true })
  })
}

/** Tells those who listen rather than look, at most every 30 s. */
function speak() {
  const live = document.getElementById('live')
  const text = document.getElementById('spoken').textContent
  if (live.textContent !== text) live.textContent = text
}

document.addEventListener('visibilitychange', swap)
setInterval(speak, 30_000)
// A page of the past stays as it was.
if (!at) listen(version)
