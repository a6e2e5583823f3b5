/** Formats a duration as a person would say it, coarser the longer it is: `under 1 s`, `12 s`, `3 min`, `2 h`, `5 days`. */
export function formatDuration(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 1) return 'under 1 s'
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h`
  const days = Math.floor(seconds / 86_400)
  return days === 1 ? '1 day' : `${days} days`
}

/** Formats a time of day of this machine, `HH:MM:SS`. */
export function formatTime(at: number): string {
  const time = new Date(at)
  const parts = [time.getHours(), time.getMinutes(), time.getSeconds()]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
