import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { readValue, type Value } from '../files/lib/core/option-values.ts'
import type { Exit } from '../processes/child.ts'
import type { Kafka } from './kafka.ts'

/** Memory of a JVM, as Java's -Xmx takes it. */
export const memory: Value<string> = {
  parse: (text) => (/^[1-9]\d*[kmg]$/i.test(text) ? text : undefined),
  expected: 'memory, such as 512m or 2g',
}

/** How the JVM is to run. */
export type JvmOptions = {
  /** Memory for Java's heap, as in `512m` or `2g`; by default ALMANAC_HEAP, else 256m growing to 512m. */
  heap?: string | undefined
  /** Tuned for much traffic rather than a quick start: all compilers, the G1 collector, 1 GB of heap. */
  throughput?: boolean | undefined
}

/**
 * The JVM's arguments up to the class to run.
 *
 * @param recordTo where the JVM writes its archive of classes when it ends; undefined for none
 * @throws UsageError when ALMANAC_HEAP makes no sense
 */
export function jvmArguments(kafka: Kafka, options: JvmOptions, recordTo: string | undefined): string[] {
  const collector = options.throughput ? ['-XX:+UseG1GC'] : ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1']
  const archive = recordTo
    ? [`-XX:ArchiveClassesAtExit=${recordTo}`]
    : existsSync(kafka.archive)
      ? [`-XX:SharedArchiveFile=${kafka.archive}`]
      : []
  return [
    ...heap(options),
    ...collector,
    ...archive,
    '-Xshare:auto', // An archive that does not fit is left aside,
    '-Xlog:disable', // without a word.
    '-Xlog:all=error:stderr',
    '-Djava.net.preferIPv4Stack=true',
    '-Djava.awt.headless=true',
    '-XX:+ExitOnOutOfMemoryError',
    `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.xml')}`,
    '-cp',
    kafka.classPath,
  ]
}

/**
 * Decides whether a starting broker is to record its classes, which is when there is no archive yet.
 *
 * It is written as the broker stops, so that the first start, which has jars to fetch, is no slower for it. Two brokers
 * may do so at once, each under a name of its own. A broker under another user cannot write to the cache: it never does.
 *
 * @returns where the JVM is to write it, and what to do when the JVM has ended; undefined when there is nothing to do
 */
export function recordArchive(kafka: Kafka, user: string | undefined) {
  if (user || existsSync(kafka.archive)) return undefined
  const temporary = `${kafka.archive}.${randomUUID()}.tmp`
  const keep = async (exit: Exit) => {
    if (exit.code === stoppedBySigterm && existsSync(temporary)) await rename(temporary, kafka.archive)
    else await rm(temporary, { force: true })
  }
  return { temporary, keep }
}

/** The exit code of a JVM that ended in good order at a SIGTERM. */
const stoppedBySigterm = 143

function heap({ heap = heapSetting(), throughput }: JvmOptions): string[] {
  if (!heap) return throughput ? ['-Xms1g', '-Xmx1g'] : ['-Xms256m', '-Xmx512m']
  return [`-Xms${heap}`, `-Xmx${heap}`]
}

function heapSetting(): string | undefined {
  const text = process.env.ALMANAC_HEAP
  return text ? readValue('ALMANAC_HEAP', text, memory) : undefined
}
