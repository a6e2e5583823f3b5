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

for (const { args, there, brought, missing, packages } of [
  {
    args: [],
    there: ['setpriv', 'flock', 'java'],
    ...{ brought: 'mvn', missing: ['mvn'], packages: ['maven'] },
  },
  {
    args: ['--librdkafka'],
    there: ['setpriv', 'flock', 'java', 'mvn', 'openssl', 'chromium', 'javac'],
    ...{ brought: 'cc', missing: ['cc', 'stdio.h', 'librdkafka/rdkafka.h'] },
    packages: ['gcc', 'libc6-dev', 'librdkafka-dev'],
  },
]) {
  test(`${['set-up.ts', ...args].join(' ')} installs ${packages.join(', ')} as root on Debian, and names it with the command otherwise`, async (t) => {
    const bin = await temporaryFolder(t)
    for (const name of [...there, 'sh', 'chmod']) await symlink(findCommand(name)!, join(bin, name))
    const log = join(bin, 'log')
    // Stands in for apt-get: it notes its arguments, and `install` brings a program that ends with 0.
    const program = join(bin, brought)
    const install = `echo '#!/bin/sh' > ${program} && chmod +x ${program}`
    const apt = `#!/bin/sh\necho "$@" >> ${log}\n[ "$2" = install ] && ${install}\nexit 0\n`
    await writeFile(join(bin, 'apt-get'), apt)
    await chmod(join(bin, 'apt-get'), 0o755)

    const { code, stderr } = await runProgram(t, '../scripts/set-up.ts', args, { PATH: bin })
    const command = `install --yes --no-install-recommends ${packages.join(' ')}`
    if (process.getuid?.() === 0 && existsSync('/etc/debian_version')) {
      assert.deepEqual([code, stderr], [0, `Installing ${packages.join(', ')} by apt-get.\n`])
      assert.equal(await readFile(log, 'utf8'), `--quiet update\n--quiet ${command}\n`)
    } else {
      const expected = `Missing: ${missing.join(', ')}. On Debian or Ubuntu: sudo apt-get ${command}\n`
      assert.deepEqual([code, stderr], [1, expected])
    }
  })
}

test('set-up.ts refuses an option it does not have', async (t) => {
  const { code, stderr } = await runProgram(t, '../scripts/set-up.ts', ['--test'])
  assert.equal(code, 2)
  assert.match(
    stderr,
    /--test'\. Did you mean --tests\?\nUsage: set-up\.ts \[options\]\. See set-up\.ts --help\n$/,
  )
})
