import { readFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Setup } from './setup.ts'

/** Lines on what the figures were taken with, as a list in Markdown. */
export function describeRun({ broker, franzGo }: Setup, loadBefore: number): string {
  const model = cpus()[0]?.model ?? 'unknown processor'
  const memory = (totalmem() / 2 ** 30).toFixed(0)
  const versions = ['@platformatic/kafka', 'kafkajs'].map((name) => `${name} ${versionOf(name)}`)
  if ('version' in franzGo) versions.push(`franz-go ${franzGo.version}`)
  const absent = 'absentFor' in franzGo ? [`- Not measured: franz-go, for ${franzGo.absentFor}`] : []
  return [
    `- Date: ${new Date().toISOString().slice(0, 10)}`,
    `- Machine: ${cpus().length} × ${model}, ${memory} GB; broker, clients and peers share it`,
    `- Load average over a minute: ${loadBefore.toFixed(1)} before, ${loadavg()[0]!.toFixed(1)} after`,
    `- Versions: Node ${process.version}, Kafka ${broker.version}, ${versions.join(', ')}`,
    ...absent,
  ].join('\n')
}

function versionOf(name: string): string {
  const path = join(import.meta.dirname, '../node_modules', name, 'package.json')
  return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version
}
