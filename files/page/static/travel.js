// Time travel by a slider: while it moves the charts follow it, when it comes to rest the page of that day is opened.
import { keepShown } from './origin.js'

const form = document.querySelector('.travel')
const dayMs = 24 * 60 * 60 * 1000
// What follows the slider; the rest of the page comes when it rests.
const names = 'latest stripes stripes-legend heat-map heat-map-legend year-lines year-lines-legend sentences'
const playSteps = 150

begin()

function begin() {
  const { unit } = document.body.dataset
  const slider = form.querySelector('[type=range]')
  const play = form.querySelector('[type=button]')
  let first
  const dateOf = (value) => new Date(first + Number(value) * dayMs).toISOString().slice(0, 10)
  /** Days are counted while a reader looks: the slider goes to the last one there is when it is taken. */
  const takeRange = () => {
    const days = document.getElementById('travel-days').textContent.split(' ').map(Date.parse)
    if (Number.isNaN(days[0])) return
    const wasAtEnd = slider.value === slider.max
    first = days[0]
    slider.max = Math.round((days[1] - first) / dayMs)
    if (wasAtEnd) slider.value = slider.max
  }
  let isShowing = false
  let isPlaying = false
  takeRange()
  slider.value = Math.round((Date.parse(form.at.value) - first) / dayMs)
  for (const event of ['pointerdown', 'focus']) slider.addEventListener(event, takeRange)
  form.querySelector('.slider').hidden = false

  /** Shows the day that the slider is at, and after it the one that it has come to meanwhile. */
  async function follow() {
    if (isShowing) return
    isShowing = true
    document.body.classList.add('traveling')
    try {
      for (let shown; shown !== slider.value; ) {
        shown = slider.value
        await show(dateOf(shown))
      }
    } catch (error) {
      isPlaying = false
      document.getElementById('connection').textContent =
        `${form.at.value} cannot be shown: ${error.message}. Reload the page.`
    }
    isShowing = false
  }

  async function show(date) {
    form.at.value = date
    const response = await fetch(`fragments?unit=${unit}&at=${date}&names=${names.replaceAll(' ', '+')}`)
    const fragments = await response.json()
    if (!response.ok) throw new Error(fragments.error)
    keepShown(() => {
      for (const [name, markup] of Object.entries(fragments)) document.getElementById(name).innerHTML = markup
    })
  }

  const open = () => location.assign(`./?unit=${unit}&at=${dateOf(slider.value)}`)
  slider.addEventListener('input', () => {
    isPlaying = false
    follow()
  })
  slider.addEventListener('change', open)
  play.addEventListener('click', async () => {
    if (isPlaying) return open()
    takeRange()
    isPlaying = true
    play.textContent = 'Stop'
    if (slider.value === slider.max) slider.value = 0
    const step = Math.max(Math.round(slider.max / playSteps), 1)
    while (isPlaying && Number(slider.value) < Number(slider.max)) {
      slider.value = Number(slider.value) + step
      await follow()
      await new Promise((resolve) => setTimeout(resolve, 60))
    }
    if (isPlaying) location.assign(`./?unit=${unit}`)
  })
}
