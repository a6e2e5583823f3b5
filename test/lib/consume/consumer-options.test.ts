import assert from 'node:assert/strict'
import test from 'node:test'
import { parseConsumerOptions } from '../../../files/lib/consume/consumer-options.ts'

test('partitions and options are parsed in any order', () => {
  const plain = { exitAtEnd: false, rebuild: false }
  assert.deepEqual(parseConsumerOptions(['0', '2']), { partitions: [0, 2], ...plain })
  assert.deepEqual(parseConsumerOptions(['3', '0', '1', '2']), { partitions: [3, 0, 1, 2], ...plain })
  assert.deepEqual(parseConsumerOptions(['--exit-at-end', '1']), {
    partitions: [1],
    exitAtEnd: true,
    rebuild: false,
  })
  assert.deepEqual(parseConsumerOptions(['1', '--rebuild', '3', '--exit-at-end']), {
    partitions: [1, 3],
    exitAtEnd: true,
    rebuild: true,
  })
})

const wrong: [args: string[], what: string][] = [
  [[], 'No partition is named.'],
  [['--exit-at-end'], 'No partition is named.'],
  ...['x', '', '0x1', '1e0', ' 1', '4'].map((text): [string[], string] => [
    [text],
    `'${text}' is no partition`,
  ]),
  [['0', '1.5'], "'1.5' is no partition"],
  [['0,2'], "'0,2' is no partition: expected a number from 0 to 3."],
  [['٣'], "'٣' is no partition"],
  [['9'.repeat(400)], `'${'9'.repeat(40)}…' is no partition`],
  [['0', '2', '0'], 'Partition 0 is named twice.'],
  [['1', '01'], 'Partition 1 is named twice.'],
  [['-1'], "Unknown option '-1'."],
  [['0', '--exit-at-end=yes'], "--exit-at-end takes no value, found 'yes'."],
]
for (const [args, what] of wrong) {
  test(`consumer.ts ${args.join(' ').slice(0, 30)} is wrong usage: ${what.slice(0, 40)}`, () => {
    assert.throws(
      () => parseConsumerOptions(args),
      (error: Error) => {
        assert.equal(error.name, 'UsageError')
        const [first, second] = error.message.split('\n')
        assert.ok(first!.startsWith('consumer.ts: ') && first!.includes(what), error.message)
        assert.equal(second, 'Usage: consumer.ts PARTITION... [options]. See consumer.ts --help')
        return true
      },
    )
  })
}
