import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { findCommand } from '../../processes/find-command.ts'
import { runProgram, temporaryFolder } from '../support/program.ts'

test('set-up.ts is silent when nothing is missing', async (t) => {
  const { code, stdout, stderr } = await runProgram(t, '../scripts/set-up.ts', ['--tests'])
  assert.deepEqual([code, stdout, stderr], [0, '', ''])
})

test('set-up.ts installs what is missing as root on Debian, and names it with the command otherwise', async (t) => {
  const bin = await temporaryFolder(t)
  for (const name of ['setpriv', 'flock', 'java', 'sh', 'chmod'])
    await symlink(findCommand(name)!, join(bin, name))
  const log = join(bin, 'log')
  // Stands in for apt-get: it notes its arguments, and `install` brings an mvn.
  const apt = `#!/bin/sh\necho "$@" >> ${log}\n[ "$2" = install ] && : > ${bin}/mvn && chmod +x ${bin}/mvn\nexit 0\n`
  await writeFile(join(bin, 'apt-get'), apt)
  await chmod(join(bin, 'apt-get'), 0o755)

  const { code, stderr } = await runProgram(t, '../scripts/set-up.ts', [], { PATH: bin })
  const command = 'install --yes --no-install-recommends maven'
  if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
    assert.deepEqual([code, stderr], [0, 'Installing maven by apt-get.\n'])
    assert.equal(await readFile(log, 'utf8'), `--quiet update\n--quiet ${command}\n`)
  } else {
    assert.deepEqual([code, stderr], [1, `Missing: mvn. On Debian or Ubuntu: sudo apt-get ${command}\n`])
  }
})

test('set-up.ts refuses an option it does not have', async (t) => {
  const { code, stderr } = await runProgram(t, '../scripts/set-up.ts', ['--test'])
  assert.equal(code, 2)
  assert.match(stderr, /--test.*\nUsage: set-up\.ts \[--tests\]\n$/)
})
