// Tells on hover, tap, click and by the arrow keys what a place of a chart is: the table has it all.
const box = document.getElementById('origin')
const [caption, against, days, link] = box.children
const told = document.getElementById('told')
const unit = `°${document.body.dataset.unit}`
let shown
let pressed

/** Makes a change to the page; what was told before is told after it, though its chart was drawn anew and the focus moved. */
export function keepShown(change) {
  const before = shown
  change()
  showAgain(before)
}

function showAgain(month) {
  const chart = month && document.getElementById(month.id)
  if (chart) show(chart, month.column, month.month, month.isPinned)
  else if (shown) hide()
}

const rowsByYear = () => [...document.querySelectorAll('.numbers tbody tr')].reverse()
const numbers = (text) => text.split(' ').map(Number)
const degreesIn = (cell) => Number(cell?.dataset.exact ?? Number.NaN)

/** Pinned, it stays until the next click or key, beside the chart, and has a link; else it goes with the pointer. */
function show(chart, column, month, isPinned) {
  const rows = rowsByYear()
  const index = Math.min(Math.max(column, 0), rows.length - 1)
  const cell = rows[index]?.cells[month + 1]
  if (!cell?.title) return hide()
  const year = rows[index].id.slice(1)
  const head = document.getElementById('table-head').rows[0].cells[month + 1]
  const name = month < 12 ? head.firstElementChild.title : 'Year'
  caption.textContent = `${name} ${year}: ${cell.textContent} ${unit}`
  against.textContent = apart(cell, head)
  days.textContent = `${cell.title}; ${head.dataset.origin}`
  link.hidden = month === 12 || !isPinned
  link.href = `evidence/${name}/${year.padStart(4, '0')}`
  box.hidden = false
  const place = mark(chart, index, rows.length, month, degreesIn(cell), year)
  // What can be pressed must not lie on what else can be.
  const room = isPinned ? { ...place.toJSON(), ...edges(chart) } : place
  box.style.left = `${Math.max(8, Math.min(place.left + 14, innerWidth - box.offsetWidth - 8))}px`
  box.style.top = `${room.bottom + 14 + box.offsetHeight > innerHeight ? room.top - box.offsetHeight - 10 : room.bottom + 10}px`
  shown = { id: chart.id, column: index, month, isPinned }
}

function edges(chart) {
  const { top, bottom } = chart.getBoundingClientRect()
  return { top, bottom }
}

/** What the colour says: how far from which mean. */
function apart(cell, { dataset: { mean, base } }) {
  if (base === undefined) return 'not compared: no month of that name is complete'
  const difference = degreesIn(cell) - Number(mean)
  const text = Math.abs(difference).toFixed(1)
  return text === '0.0' ? `equal to ${base}` : `${difference < 0 ? '−' : '+'}${text} ${unit} from ${base}`
}

/** Marks the month in the chart and returns where that is on the screen. */
function mark(chart, column, columns, month, value, year) {
  const { width, height } = chart.viewBox.baseVal
  const cursor = chart.querySelector('.cursor')
  if (chart.dataset.plot === 'lines') {
    const [low, high] = numbers(chart.dataset.axis)
    cursor.setAttribute('d', `M${monthX(month, width)} ${height * (1 - (value - low) / (high - low))}h0`)
    for (const path of chart.querySelectorAll('[data-year]'))
      path.classList.toggle('on', path.dataset.year === year)
  } else {
    const rows = chart.dataset.plot === 'heat' ? 12 : 1
    const [w, h] = [width / columns, height / rows]
    cursor.setAttribute('d', `M${column * w} ${rows > 1 ? month * h : 0}h${w}v${h}h${-w}z`)
  }
  cursor.classList.add('on')
  return cursor.getBoundingClientRect()
}

// As year-lines.ts draws them.
const inset = 40
const monthX = (month, width) => inset + (month * (width - 2 * inset)) / 11

function hide() {
  box.hidden = true
  shown = undefined
  for (const element of document.querySelectorAll('[data-plot] .on')) element.classList.remove('on')
}

/** Shows the number at a place of the screen. */
function showAt(chart, clientX, clientY, isPinned) {
  const { width, height } = chart.viewBox.baseVal
  const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(chart.getScreenCTM().inverse())
  if (x < 0 || x > width || y < 0 || y > height) return hide()
  const rows = rowsByYear()
  const column = Math.floor((x / width) * rows.length)
  if (chart.dataset.plot === 'stripes') return show(chart, column, 12, isPinned)
  if (chart.dataset.plot === 'heat') return show(chart, column, Math.floor((y / height) * 12), isPinned)
  const month = Math.min(Math.max(Math.round(((x - inset) / (width - 2 * inset)) * 11), 0), 11)
  const [low, high] = numbers(chart.dataset.axis)
  const value = low + (1 - y / height) * (high - low)
  const away = rows.map((row) => Math.abs(degreesIn(row.cells[month + 1]) - value))
  show(chart, away.indexOf(Math.min(...away.filter((apart) => apart >= 0))), month, isPinned)
}

document.addEventListener('pointermove', ({ target, pointerType, clientX, clientY }) => {
  if (pointerType === 'touch' || shown?.isPinned) return // A finger that moves scrolls.
  const chart = target.closest('[data-plot]')
  if (chart) showAt(chart, clientX, clientY)
  else if (shown && !document.activeElement.matches('[data-plot]')) hide()
})
// A click tells whole pixels alone, which are half a year of a chart as wide as a phone.
document.addEventListener('pointerdown', ({ clientX, clientY }) => {
  pressed = { clientX, clientY }
})
// A tap comes without a pointermove. A click comes after the focus has moved.
document.addEventListener('click', (event) => {
  const { target } = event
  if (target.closest('#origin')) return
  const chart = target.closest('[data-plot]')
  if (chart) {
    const isPress =
      pressed && Math.hypot(pressed.clientX - event.clientX, pressed.clientY - event.clientY) < 20
    const { clientX, clientY } = isPress ? pressed : event
    return showAt(chart, clientX, clientY, true)
  }
  hide()
})
document.addEventListener('scroll', () => showAgain(shown), { capture: true, passive: true })

const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
document.addEventListener('keydown', (event) => {
  const { key, target } = event
  if (key === 'Escape') hide()
  if (!target.matches('[data-plot]')) return
  if (key === 'Enter' && shown && !link.hidden) return link.click()
  const step = steps[key]
  if (!step) return
  event.preventDefault()
  const { plot } = target.dataset
  const [x, y] = plot === 'lines' ? [step[1], step[0]] : step
  const month = plot === 'stripes' ? 12 : Math.min(Math.max((shown?.month ?? 0) + y, 0), 11)
  showByKey(target, (shown?.column ?? rowsByYear().length - 1) + x, month)
})

/** Where the cursor leaves what is seen of a chart, that follows it. */
function showByKey(chart, column, month) {
  show(chart, column, month, true)
  const scroller = chart.closest('.scroll')
  const place = chart.querySelector('.cursor').getBoundingClientRect()
  const seen = scroller.getBoundingClientRect()
  const names = scroller.querySelector('.rows')?.getBoundingClientRect().width ?? 0
  if (place.left < seen.left + names) scroller.scrollLeft += place.left - seen.left - names - 40
  if (place.right > seen.right) scroller.scrollLeft += place.right - seen.right + 40
  told.textContent = shown
    ? [caption, against, days].map((line) => line.textContent).join(', ')
    : 'no number here'
}

document.addEventListener('focusin', ({ target }) => {
  // Not when a pointer gave the focus: then its place tells which number.
  if (target.matches('[data-plot]:focus-visible') && shown?.id !== target.id)
    showByKey(target, rowsByYear().length - 1, target.dataset.plot === 'stripes' ? 12 : 0)
})
document.addEventListener('focusout', ({ target, relatedTarget }) => {
  if (shown?.id === target.id && !box.contains(relatedTarget)) hide()
})
