import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { docker, runCommand } from './docker.ts'

/** Compiles report.proto with a plain protoc, as a program in another language would. */
export async function checkProto(container: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'almanac-proto-'))
  try {
    await writeFile(
      join(folder, 'report.proto'),
      await docker('exec', container, 'cat', '/files/report.proto'),
    )
    await installProtoc()
    const args = ['-I', folder, `--python_out=${folder}`, 'report.proto']
    const { code, stderr } = await runCommand('protoc', args)
    assert.equal(code, 0, stderr)
  } finally {
    await rm(folder, { recursive: true })
  }
  return (await runCommand('protoc', ['--version'])).stdout.trim()
}

async function installProtoc(): Promise<void> {
  const found = await runCommand('sh', ['-c', 'command -v protoc'])
  if (found.code === 0) return
  const install = 'apt-get update && apt-get install -y --no-install-recommends protobuf-compiler'
  assert.equal(process.getuid?.(), 0, `protoc is needed: as root, ${install}`)
  const { code, stderr } = await runCommand('sh', ['-c', install])
  assert.equal(code, 0, stderr)
}
