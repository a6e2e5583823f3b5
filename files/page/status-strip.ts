import type { ChaosStatus } from '../lib/results/chaos-status.ts'
import { chaosLine } from './chaos-line.ts'
import { formatDuration, formatTime } from './duration.ts'
import { formatCount } from './format-count.ts'
import { type Html, html } from './html.ts'
import type { Lag } from './lag.ts'
import { endOffsetOf, type Reading } from './readings.ts'
import { isWorking, type StateWord, stateWord } from './state-word.ts'

const marks: Readonly<Record<StateWord['kind'], string>> = {
  ...{ live: '●', busy: '◐', stale: '▲', stopped: '■', absent: '○' },
}

const heads = [
  ...['Partition', 'State', 'Offset', 'End offset', 'Lag, records', 'Lag, time', 'Records/s'],
  ...['File written', 'Not counted'],
]

/**
 * Draws the status strip, a row a partition. Its roles are said in so many words, for on a narrow screen the rows are
 * laid out as cards, and browsers then no longer take them for a table.
 */
export function statusStrip(readings: readonly Reading[], now: number, chaos?: ChaosStatus): Html {
  const head = heads.map((text) => html`<th scope="col" role="columnheader">${text}</th>`)
  return html`<table class="strip" role="table" aria-label="Partitions"><thead role="rowgroup"><tr role="row">${head}</tr></thead><tbody role="rowgroup">${readings.map((reading) => row(reading, now))}</tbody></table>${problems(readings, now)}${chaos && chaosLine(chaos)}`
}

function row(reading: Reading, now: number): Html {
  const { partition, checkpoint, counted, status, lag, modifiedAt } = reading
  const word = stateWord(reading, now)
  const end = endOffsetOf(reading)
  const cells = [
    count(checkpoint?.offset),
    count(end),
    count(end === undefined ? undefined : end - (checkpoint?.offset ?? 0)),
    lag ? lagText(lag) : '–',
    isWorking(word) && status ? formatCount(status.rate) : '–',
    modifiedAt === undefined ? '–' : `${formatDuration(Math.max(now - modifiedAt, 0))} ago`,
    checkpoint ? count(checkpoint.offset - counted) : '–',
  ]
  return html`<tr role="row"><th scope="row" role="rowheader"><span class="narrow">Partition </span>${partition}</th><td role="cell" class="state ${word.kind}"><span aria-hidden="true">${marks[word.kind]}</span> ${word.words}</td>${cells.map((text, index) => html`<td role="cell"><span class="narrow">${heads[index + 2]!} </span>${text}</td>`)}</tr>`
}

function problems(readings: readonly Reading[], now: number): Html[] {
  return readings.flatMap((reading) => {
    const { partition, problem } = reading
    const { error } = stateWord(reading, now)
    const stopped = error
      ? [html`<p class="problem"><b>Partition ${partition} stopped:</b> ${error}</p>`]
      : []
    if (!problem) return stopped
    const since = `stale since ${formatTime(problem.since)}, the last good copy is shown`
    return [...stopped, html`<p class="problem"><b>Partition ${partition}, ${since}:</b> ${problem.text}</p>`]
  })
}

function count(value: number | undefined): string {
  return value === undefined ? '–' : formatCount(value)
}

function lagText({ ms, isAtLeast }: Lag): string {
  if (ms < 1000) return isAtLeast ? 'over 0 s' : 'none'
  return `${isAtLeast ? 'over ' : ''}${formatDuration(ms)}`
}
