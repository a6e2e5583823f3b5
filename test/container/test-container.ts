// `npm run test:container`: builds the image and repeats what the exercise's checker does with it, at ten times its
// speed; without a mount first, then with one. `DOCKER` names the command to use in place of docker.
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { run } from '../../files/lib/core/program.ts'
import { checkKeys, checkTopic } from './broker-checks.ts'
import {
  checkDebug,
  checkFiles,
  checkHealth,
  checkPartitionFiles,
  checkPlots,
  checkUser,
} from './container-checks.ts'
import { startProgram, step, withContainer } from './container-steps.ts'
import { buildImage, docker, dockerCommand } from './docker.ts'
import { checkProto } from './proto-check.ts'

const image = 'p7'

await run(async (signal) => {
  // A test that was broken off has not passed.
  signal.addEventListener('abort', () => (process.exitCode = 1), { once: true })
  console.log(`Using ${dockerCommand}.`)
  await step(signal, 'image built', () => buildImage(image))
  console.log('Container as it is:')
  await withContainer(signal, [image], (name) => checkAlone(name, signal))
  console.log('Container with a copy of files/ mounted:')
  const files = await mkdtemp(join(tmpdir(), 'almanac-files-'))
  try {
    await cp(join(import.meta.dirname, '../../files'), files, { recursive: true })
    await withContainer(signal, ['-v', `${files}:/files`, image], (name) => checkMounted(name, files, signal))
  } finally {
    await rm(files, { recursive: true })
  }
}, Number.POSITIVE_INFINITY)

async function checkAlone(name: string, signal: AbortSignal): Promise<void> {
  const read = (file: string) => docker('exec', name, 'cat', `/files/${file}`)
  await step(signal, 'files are there', () => checkFiles(name))
  await step(signal, 'report.proto compiles', () => checkProto(name))
  await step(signal, 'JVM is not root', () => checkUser(name))
  await step(signal, 'broker is healthy', () => checkHealth(name, image))
  await startProgram(name, 'producer.ts')
  await step(signal, 'topic is there', checkTopic)
  await step(signal, 'debug prints a record', () => checkDebug(name))
  await step(signal, 'keys are months', checkKeys)
  await docker('exec', name, 'sh', '-c', 'rm -rf /files/partition-*.json /files/month.svg')
  await startProgram(name, 'consumer.ts', '0', '1', '2', '3')
  await step(signal, 'every day counted once', () => checkPartitionFiles(read))
  await step(signal, 'plots move on', () => checkPlots(name))
}

async function checkMounted(name: string, files: string, signal: AbortSignal): Promise<void> {
  const read = (file: string) => readFile(join(files, file), 'utf8')
  // The copy may hold results of runs on this machine; and what the container writes there is root's.
  await docker('exec', name, 'sh', '-c', 'cd /files && rm -rf partition-*.json month.svg .almanac archive')
  await startProgram(name, 'producer.ts')
  await step(signal, 'topic is there', checkTopic)
  await startProgram(name, 'consumer.ts', '0', '2')
  await startProgram(name, 'consumer.ts', '1', '3')
  await step(signal, 'every day counted once', () => checkPartitionFiles(read))
  await step(signal, 'plots move on', () => checkPlots(name))
  // The consumers go on writing there until they find their files gone.
  const remove = 'for i in $(seq 50); do rm -rf /files/* /files/.almanac && exit; sleep 0.1; done; exit 1'
  await docker('exec', name, 'sh', '-c', remove)
}
