import type { TopicRecord } from './read-topic.ts'

/** The line that debug.ts prints for a record, with Python's numbers. */
export function debugLine({ partition, key, date, degrees }: Omit<TopicRecord, 'offset'>): string {
  const number = Number.isInteger(degrees) ? `${degrees}.0` : String(degrees)
  return `{'partition': ${partition}, 'key': '${key}', 'date': '${date}', 'degrees': ${number}}`
}
