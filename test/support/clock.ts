/** Sets a program's wall clock by an expression of the milliseconds since it began, before the program starts. */
export function clock(expression: string): Record<string, string> {
  const code = `const begin = Date.now(); Date.now = () => begin + Math.round((${expression})(performance.now()))`
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(code)}` }
}

/** Has a program's wall clock go on from a moment, as in 2024-06-15T12:00:00-05:00. */
export function clockFrom(moment: string): Record<string, string> {
  return clock(`(ms) => ${Date.parse(moment)} - begin + ms`)
}
