/**
 * Waits for work that usually takes milliseconds, and says on standard error when it takes long, and when it has come to
 * its end after all.
 *
 * @param what is waited for, as in `The acknowledgement of 1990-01-01`
 * @param patienceMs how long it may take in silence
 */
export async function sayIfSlow<Result>(
  what: string,
  work: Promise<Result>,
  patienceMs = 5000,
): Promise<Result> {
  const begin = performance.now()
  const seconds = (ms: number) => `${(ms / 1000).toFixed(0)} s`
  let isSaid = false
  const say = () => {
    isSaid = true
    console.error(`${what} takes longer than ${seconds(patienceMs)}: still trying.`)
  }
  const timer = setTimeout(say, patienceMs)
  try {
    const result = await work
    if (isSaid) console.error(`${what} came after ${seconds(performance.now() - begin)}.`)
    return result
  } finally {
    clearTimeout(timer)
  }
}
