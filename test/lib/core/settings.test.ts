import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import test from 'node:test'
import {
  brokerSettings,
  dataDirectory,
  delaySeconds,
  replicationFactor,
  topicName,
} from '../../../files/lib/core/settings.ts'
import { makeAuthority } from '../../support/certificates.ts'
import { temporaryFolder } from '../../support/program.ts'

/** Asserts that a value is wrong usage, and that the error names it. */
function refuses(call: () => unknown, message: string | RegExp) {
  assert.throws(call, (error: Error) => {
    assert.equal(error.name, 'UsageError')
    if (typeof message === 'string') assert.ok(error.message.startsWith(message), error.message)
    else assert.match(error.message, message)
    return true
  })
}

test('without an environment all settings are those of a broker on this machine', () => {
  assert.deepEqual(brokerSettings({}), { bootstrapBrokers: ['127.0.0.1:9092'] })
  assert.equal(topicName({}), 'temperatures')
  assert.equal(replicationFactor({}), 1)
  assert.equal(delaySeconds({}), 0.1)
  assert.equal(dataDirectory({}), resolve(import.meta.dirname, '../../../files'))
})

test('an empty variable counts as not set', () => {
  const empty = {
    KAFKA_BOOTSTRAP_SERVERS: '',
    KAFKA_SECURITY_PROTOCOL: '',
    TOPIC: '',
    TOPIC_REPLICATION_FACTOR: '',
    AUTOGRADER_DELAY_OVERRIDE_VAL: '',
    DATA_DIR: '',
  }
  assert.deepEqual(brokerSettings(empty), brokerSettings({}))
  assert.deepEqual(
    [topicName(empty), replicationFactor(empty), delaySeconds(empty), dataDirectory(empty)],
    ['temperatures', 1, 0.1, dataDirectory({})],
  )
})

test('brokers are a list of host:port', () => {
  const servers = (text: string) => brokerSettings({ KAFKA_BOOTSTRAP_SERVERS: text }).bootstrapBrokers
  assert.deepEqual(servers('kafka-1:9092, kafka-2.example.org:19092 ,[::1]:1'), [
    'kafka-1:9092',
    'kafka-2.example.org:19092',
    '[::1]:1',
  ])
  assert.deepEqual(servers('10.0.0.1:65535'), ['10.0.0.1:65535'])
  for (const [text, part] of Object.entries({
    localhost: 'localhost',
    'a:9092,': '',
    'a:0': 'a:0',
    'a:65536': 'a:65536',
    ':9092': ':9092',
    'a b:9092': 'a b:9092',
    'a:9092,b:x': 'b:x',
    '::1:9092': '::1:9092',
    'http://a:9092': 'http://a:9092',
  })) {
    refuses(() => servers(text), `KAFKA_BOOTSTRAP_SERVERS has '${part}': expected host:port`)
  }
})

test('TLS is on for SSL, with an authority of its own if one is named', async (t) => {
  const folder = await temporaryFolder(t)
  const { ca } = await makeAuthority(folder)
  const ssl = { KAFKA_SECURITY_PROTOCOL: 'SSL' }
  assert.deepEqual(brokerSettings(ssl).tls, {})
  assert.deepEqual(brokerSettings({ ...ssl, KAFKA_SSL_CA: ca }).tls, { ca: readFileSync(ca, 'utf8') })
  assert.equal(brokerSettings({ KAFKA_SECURITY_PROTOCOL: 'PLAINTEXT', KAFKA_SSL_CA: ca }).tls, undefined)
  const path = join(folder, 'notes.txt')
  writeFileSync(path, 'certificate')
  for (const wrong of [path, `${path}.not`]) {
    refuses(
      () => brokerSettings({ ...ssl, KAFKA_SSL_CA: wrong }),
      `KAFKA_SSL_CA is '${wrong}': expected a file of certificates in PEM form (`,
    )
  }
})

test('TLS tells the broker its name, unless a broker is given by its IP address', () => {
  const tellsName = (servers: string) =>
    brokerSettings({ KAFKA_SECURITY_PROTOCOL: 'SSL', KAFKA_BOOTSTRAP_SERVERS: servers }).tlsServerName
  assert.equal(tellsName('a.example.org:9092,b.example.org:9092'), true)
  for (const servers of ['127.0.0.1:9092', '[::1]:9092', 'a.example.org:9092,10.0.0.1:9092'])
    assert.equal(tellsName(servers), false, servers)
  assert.equal(brokerSettings({ KAFKA_BOOTSTRAP_SERVERS: 'a:1' }).tlsServerName, undefined)
})

test('SASL takes a mechanism, a name and a password', () => {
  const environment = {
    KAFKA_SECURITY_PROTOCOL: 'SASL_SSL',
    KAFKA_SASL_USERNAME: 'ada',
    KAFKA_SASL_PASSWORD: 'p',
  }
  const sasl = { mechanism: 'SCRAM-SHA-512', username: 'ada', password: 'p' }
  assert.deepEqual(brokerSettings(environment), {
    ...{ bootstrapBrokers: ['127.0.0.1:9092'], tls: {}, tlsServerName: false, sasl },
  })
  const plain = brokerSettings({
    ...environment,
    KAFKA_SECURITY_PROTOCOL: 'SASL_PLAINTEXT',
    KAFKA_SASL_MECHANISM: 'PLAIN',
  })
  assert.deepEqual(plain, { bootstrapBrokers: ['127.0.0.1:9092'], sasl: { ...sasl, mechanism: 'PLAIN' } })
  refuses(
    () => brokerSettings({ ...environment, KAFKA_SASL_USERNAME: undefined }),
    'KAFKA_SASL_USERNAME is not set: expected with KAFKA_SECURITY_PROTOCOL=SASL_SSL',
  )
  refuses(() => brokerSettings({ ...environment, KAFKA_SASL_PASSWORD: '' }), 'KAFKA_SASL_PASSWORD is not set')
  refuses(
    () => brokerSettings({ ...environment, KAFKA_SASL_MECHANISM: 'GSSAPI' }),
    "KAFKA_SASL_MECHANISM is 'GSSAPI': expected PLAIN, SCRAM-SHA-256, SCRAM-SHA-512.",
  )
})

test('a password is never part of an error', () => {
  const environment = { KAFKA_SECURITY_PROTOCOL: 'SASL_SSL', KAFKA_SASL_PASSWORD: 'secret' }
  assert.throws(
    () => brokerSettings(environment),
    (error: Error) => !error.message.includes('secret'),
  )
})

test('a security protocol unknown to Kafka is refused', () => {
  refuses(
    () => brokerSettings({ KAFKA_SECURITY_PROTOCOL: 'ssl' }),
    "KAFKA_SECURITY_PROTOCOL is 'ssl': expected PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL.",
  )
})

test("a topic's name is one that Kafka takes", () => {
  for (const name of ['t', 'a.b_c-D9', '...', 'x'.repeat(249)]) assert.equal(topicName({ TOPIC: name }), name)
  for (const name of ['.', '..', 'a b', 'ä', 'a/b', 'x'.repeat(250), 'a\n'])
    refuses(() => topicName({ TOPIC: name }), `TOPIC is '${name}': expected 1 to 249`)
})

test('a replication factor is a whole number from 1', () => {
  for (const [text, factor] of Object.entries({ 1: 1, 3: 3, 999: 999 }))
    assert.equal(replicationFactor({ TOPIC_REPLICATION_FACTOR: text }), factor)
  for (const text of ['0', '-1', '1.5', 'x', '1e3', '03', '1000', ' 1']) {
    refuses(
      () => replicationFactor({ TOPIC_REPLICATION_FACTOR: text }),
      `TOPIC_REPLICATION_FACTOR is '${text}': expected a whole number of brokers, 1 or more.`,
    )
  }
})

test('a delay is a number of seconds from 0 to a day', () => {
  for (const [text, seconds] of Object.entries({
    0: 0,
    '0.01': 0.01,
    '.5': 0.5,
    1: 1,
    86400: 86_400,
    '1e-3': 0.001,
  })) {
    assert.equal(delaySeconds({ AUTOGRADER_DELAY_OVERRIDE_VAL: text }), seconds)
  }
  for (const text of ['-1', 'x', 'NaN', 'Infinity', '1s', '0,1', '86401', ' ']) {
    refuses(
      () => delaySeconds({ AUTOGRADER_DELAY_OVERRIDE_VAL: text }),
      `AUTOGRADER_DELAY_OVERRIDE_VAL is '${text}': expected seconds, a number from 0 to 86400.`,
    )
  }
})

test('DATA_DIR is taken from the working directory', () => {
  assert.equal(dataDirectory({ DATA_DIR: 'data' }), join(process.cwd(), 'data'))
  assert.equal(dataDirectory({ DATA_DIR: '/srv/data' }), '/srv/data')
})
