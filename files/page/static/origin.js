// Tells on hover, tap, click and keyboard focus where a number of a chart comes from: the table has it all.
const box = document.getElementById('origin')
let shown

/** Makes the charts inside an element reachable by keyboard: one stop each, the arrow keys go on from there. */
export function tellOrigins(element) {
  for (const chart of element.querySelectorAll('[data-plot]')) chart.setAttribute('tabindex', '0')
}

/** Makes a change to the page; what was told before is told after it, though its chart was drawn anew and the focus moved. */
export function keepShown(change) {
  const before = shown
  change()
  showAgain(before)
}

function showAgain(month) {
  const chart = month && document.getElementById(month.id)
  if (chart) show(chart, month.column, month.month)
  else if (shown) hide()
}

const rowsByYear = () => [...document.querySelectorAll('.numbers tbody tr')].reverse()
const numbers = (text) => text.split(' ').map(Number)
const degreesIn = (cell) => Number(cell.textContent.replace('−', '-') || Number.NaN)

function show(chart, column, month) {
  const rows = rowsByYear()
  const row = rows[Math.min(Math.max(column, 0), rows.length - 1)]
  const cell = row?.cells[month + 1]
  const head = document.getElementById('table-head').rows[0].cells[month + 1]
  if (!cell?.title) return hide()
  const name = month < 12 ? head.firstElementChild.title : 'Year'
  const place = mark(chart, rows.indexOf(row), rows.length, month, degreesIn(cell), row.id.slice(1))
  box.replaceChildren(document.createElement('b'), document.createElement('span'))
  box.firstChild.textContent = `${name} ${row.id.slice(1)}: ${cell.textContent} °${document.body.dataset.unit}`
  box.lastChild.textContent = `${cell.title}; ${head.title}`
  box.hidden = false
  box.style.left = `${Math.max(8, Math.min(place.left + 14, innerWidth - box.offsetWidth - 8))}px`
  box.style.top = `${place.bottom + 14 + box.offsetHeight > innerHeight ? place.top - box.offsetHeight - 10 : place.bottom + 10}px`
  shown = { id: chart.id, column: rows.indexOf(row), month }
}

/** Marks the month in the chart and returns where that is on the screen. */
function mark(chart, column, columns, month, value, year) {
  const [left, top, right, bottom] = numbers(chart.dataset.box)
  const cursor = chart.querySelector('.cursor')
  const attributes = {}
  if (chart.dataset.plot === 'lines') {
    const [low, high] = numbers(chart.dataset.axis)
    attributes.cx = left + 24 + (month * (right - left - 48)) / 11
    attributes.cy = bottom - ((value - low) / (high - low)) * (bottom - top)
    for (const path of chart.querySelectorAll('[data-year]'))
      path.classList.toggle('on', path.dataset.year === year)
  } else {
    const rows = chart.dataset.plot === 'heat' ? 12 : 1
    attributes.width = (right - left) / columns
    attributes.height = (bottom - top) / rows
    attributes.x = left + column * attributes.width
    attributes.y = top + (rows > 1 ? month * attributes.height : 0)
  }
  for (const [name, number] of Object.entries(attributes)) cursor.setAttribute(name, number)
  cursor.classList.add('on')
  return cursor.getBoundingClientRect()
}

function hide() {
  box.hidden = true
  shown = undefined
  for (const element of document.querySelectorAll('[data-plot] .on')) element.classList.remove('on')
}

/** Shows the number at a place of the screen. */
function showAt(chart, clientX, clientY) {
  const [left, top, right, bottom] = numbers(chart.dataset.box)
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(chart.getScreenCTM().inverse())
  if (x < left || x > right || y < top || y > bottom) return hide()
  const rows = rowsByYear()
  const column = Math.floor(((x - left) / (right - left)) * rows.length)
  if (chart.dataset.plot === 'stripes') return show(chart, column, 12)
  if (chart.dataset.plot === 'heat') return show(chart, column, Math.floor(((y - top) / (bottom - top)) * 12))
  const month = Math.min(Math.max(Math.round(((x - left - 24) / (right - left - 48)) * 11), 0), 11)
  const [low, high] = numbers(chart.dataset.axis)
  const value = low + ((bottom - y) / (bottom - top)) * (high - low)
  const away = rows.map((row) => Math.abs(degreesIn(row.cells[month + 1]) - value))
  show(chart, away.indexOf(Math.min(...away.filter((apart) => apart >= 0))), month)
}

document.addEventListener('pointermove', ({ target, pointerType, clientX, clientY }) => {
  if (pointerType === 'touch') return // A finger that moves scrolls.
  const chart = target.closest('[data-plot]')
  if (chart) showAt(chart, clientX, clientY)
  else if (shown && !document.activeElement.matches('[data-plot]')) hide()
})
// A tap comes without a pointermove. A click comes after the focus has moved.
document.addEventListener('click', ({ target, clientX, clientY }) => {
  const chart = target.closest('[data-plot]')
  if (chart) showAt(chart, clientX, clientY)
  else hide()
})
document.addEventListener('scroll', () => showAgain(shown), { capture: true, passive: true })

const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
document.addEventListener('keydown', (event) => {
  const step = steps[event.key]
  if (event.key === 'Escape') hide()
  if (!step || !event.target.matches('[data-plot]')) return
  event.preventDefault()
  const [x, y] = event.target.dataset.plot === 'lines' ? [step[1], step[0]] : step
  const month =
    event.target.dataset.plot === 'stripes' ? 12 : Math.min(Math.max((shown?.month ?? 0) + y, 0), 11)
  show(event.target, (shown?.column ?? rowsByYear().length - 1) + x, month)
})
document.addEventListener('focusin', ({ target }) => {
  // Not when a pointer gave the focus: then its place tells which number.
  if (target.matches('[data-plot]:focus-visible') && shown?.id !== target.id)
    show(target, rowsByYear().length - 1, target.dataset.plot === 'stripes' ? 12 : 0)
})
document.addEventListener('focusout', ({ target }) => {
  if (shown?.id === target.id) hide()
})
