import { OperatingError } from '../lib/core/program.ts'
import type { BrokerSettings } from '../lib/core/settings.ts'
import type { LogHistory } from '../lib/verify/log-history.ts'

/**
 * The page's one way to the log, for evidence and time travel: all else it shows comes from the files, with no broker.
 * What reads the log is loaded when it is first asked for.
 */
export type LogAccess = {
  /** Why the log cannot be read, in a sentence without its period; undefined while it can. */
  absence: () => string | undefined
  /** Looks, at most every few seconds and without waiting for it, whether it can be read. */
  look: () => void
  /**
   * The log up to its end.
   *
   * @param ageMs how old that may be
   * @throws OperatingError with the reason why it cannot be read
   */
  read: (ageMs: number) => Promise<LogHistory>
  close: () => void
}

const lookMs = 5000

/** The log of a page that was given no broker. */
export const noLog: LogAccess = {
  absence: () => 'this page was given no broker',
  look: () => {},
  read: async () => {
    throw new OperatingError('this page was given no broker')
  },
  close: () => {},
}

/** Makes the way to the log of a topic; nothing is asked before the first look. */
export function openLog(settings: BrokerSettings, topicName: string): LogAccess {
  let absence: string | undefined = 'the broker has not been asked yet'
  let lookedAt = Number.NEGATIVE_INFINITY
  let loaded: Promise<LogHistory> | undefined
  let isClosed = false
  const history = () => {
    loaded ??= import('../lib/verify/log-history.ts').then(({ LogHistory }) => {
      return new LogHistory({ settings, topicName })
    })
    return loaded
  }
  /** Keeps why it failed, or that it did not. */
  const attempt = async <Result>(work: (log: LogHistory) => Promise<Result>): Promise<Result> => {
    try {
      const result = await work(await history())
      absence = undefined
      return result
    } catch (error) {
      if (!(error instanceof OperatingError)) throw error
      absence = error.message.replace(/\.$/, '')
      throw error
    }
  }
  return {
    absence: () => absence,
    look: () => {
      if (isClosed || performance.now() - lookedAt < lookMs) return
      lookedAt = performance.now()
      attempt((log) => log.findTopic()).catch((error: unknown) => {
        if (!(error instanceof OperatingError) && !isClosed) throw error
      })
    },
    read: (ageMs) =>
      attempt(async (log) => {
        await log.readOn(ageMs)
        return log
      }),
    close: () => {
      isClosed = true
      loaded?.then((log) => log.close())
    },
  }
}
