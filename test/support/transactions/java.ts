import { join } from 'node:path'
import { installKafka } from '../../../broker/kafka.ts'
import { type LineProgram, startLineProgram } from './line-program.ts'

/** Runs a Java source of this folder with Kafka's own jars; that takes a JDK, for Java compiles it first. */
export async function startJava(name: `${string}.java`, ...args: string[]): Promise<LineProgram> {
  const { java, classPath } = await installKafka(console.error)
  const options = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Djava.net.preferIPv4Stack=true']
  return startLineProgram(java.command, [
    ...options,
    '-cp',
    classPath,
    join(import.meta.dirname, name),
    ...args,
  ])
}
