import { execFile } from 'node:child_process'
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const execute = promisify(execFile)

/** Makes an authority of the test's own and certificates signed by it, all in one folder, by the command openssl. */
export async function makeAuthority(folder: string, name = 'authority') {
  const path = (file: string) => join(folder, file)
  const openssl = (...args: string[]) => execute('openssl', args, { cwd: folder })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`]
  await openssl('req', '-x509', ...newKey, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-days', '2')
  return {
    /** The authority's certificate, as KAFKA_SSL_CA wants it. */
    ca: path(`${name}.pem`),
    /**
     * Makes a key and a certificate in one PEM file, as Kafka takes them.
     *
     * @param names what it is for, such as `IP:127.0.0.1,DNS:localhost`
     * @param days how long it is valid; negative: it has expired
     */
    async issue(file: string, names: string, days = 2): Promise<string> {
      const request = ['-keyout', path(file), '-out', `${file}.csr`, '-addext', `subjectAltName=${names}`]
      await openssl('req', ...newKey, ...request)
      const signer = ['-CA', `${name}.pem`, '-CAkey', `${name}.key`, '-copy_extensions', 'copy']
      await openssl(
        'x509',
        '-req',
        '-in',
        `${file}.csr`,
        ...signer,
        '-out',
        `${file}.crt`,
        '-days',
        `${days}`,
      )
      await appendFile(path(file), await readFile(path(`${file}.crt`)))
      return path(file)
    },
  }
}
