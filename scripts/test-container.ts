// `npm run test:container`: builds the image and repeats what the exercise's checker does with it, at ten times its
// speed; without a mount first, then with one. `DOCKER` names the command to use in place of docker.
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

console.log(`Using ${dockerCommand}.`)
await step('image built', () => buildImage(image))
await withContainer('as it is', image, [], async (name) => {
  const read = (file: string) => docker('exec', name, 'cat', `/files/${file}`)
  await step('files are there', () => checkFiles(name))
  await step('report.proto compiles', () => checkProto(name))
  await step('JVM is not root', () => checkUser(name))
  await step('broker is healthy', () => checkHealth(name, image))
  await startProgram(name, 'producer.ts')
  await step('topic is there', checkTopic)
  await step('debug prints a record', () => checkDebug(name))
  await step('keys are months', checkKeys)
  await docker('exec', name, 'sh', '-c', 'rm -rf /files/partition-*.json /files/month.svg')
  await startProgram(name, 'consumer.ts', '0', '1', '2', '3')
  await step('every day counted once', () => checkPartitionFiles(read))
  await step('plots move on', () => checkPlots(name))
})

const files = await mkdtemp(join(tmpdir(), 'almanac-files-'))
try {
  await cp(join(import.meta.dirname, '../files'), files, { recursive: true })
  await withContainer('with files mounted', image, ['-v', `${files}:/files`], async (name) => {
    // The copy may hold results of runs on this machine; and what the container writes there is root's.
    await docker('exec', name, 'sh', '-c', 'cd /files && rm -rf partition-*.json month.svg .almanac archive')
    await startProgram(name, 'producer.ts')
    await step('topic is there', checkTopic)
    await startProgram(name, 'consumer.ts', '0', '2')
    await startProgram(name, 'consumer.ts', '1', '3')
    await step('every day counted once', () =>
      checkPartitionFiles((file) => readFile(join(files, file), 'utf8')),
    )
    await step('plots move on', () => checkPlots(name))
    await docker('exec', name, 'sh', '-c', 'rm -rf /files/* /files/.almanac')
  })
} finally {
  await rm(files, { recursive: true })
}
