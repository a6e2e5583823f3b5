import type { Notice } from '../files/lib/core/notice.ts'
import { startProgram } from './start-program.ts'
import type { Job } from './supervise.ts'

/**
 * Makes the job of sending: started again, it appends, once it has made the topic anew. Before that a topic of an earlier run may
 * stand there, perhaps of another station.
 *
 * @param args of producer.ts
 */
export function producerJob(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Omit<Job, 'say'> {
  let hasTopic = false
  const hear = (notice: Notice) => {
    hasTopic ||= notice.kind === 'topic opened'
  }
  const start = () => {
    const asked = hasTopic ? [...args, '--append'] : args
    return startProgram('producer', 'producer.ts', asked, environment, say, hear)
  }
  return { name: 'producer', start, mayFinish: true }
}
