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
  [[], 'no partition is named'],
  [['--exit-at-end'], 'no partition is named'],
  [['x'], "'x' is not the number of a partition"],
  [[''], "'' is not the number of a partition"],
  [['0', '1.5'], "'1.5' is not the number of a partition"],
  [['0,2'], "'0,2' is not the number of a partition"],
  [['0x1'], "'0x1' is not the number of a partition"],
  [['1e0'], "'1e0' is not the number of a partition"],
  [[' 1'], "' 1' is not the number of a partition"],
  [['٣'], "'٣' is not the number of a partition"],
  [['4'], 'there is no partition 4'],
  [['9'.repeat(400)], `there is no partition ${'9'.repeat(400)}`],
  [['0', '2', '0'], 'partition 0 is named twice'],
  [['1', '01'], 'partition 1 is named twice'],
  [['-1'], "'-1'"],
  [['0', '--help'], "'--help'"],
  [['0', '--exit-at-end=yes'], "'--exit-at-end'"],
]
for (const [args, what] of wrong) {
  test(`consumer.ts ${args.join(' ').slice(0, 30)} is wrong usage: ${what.slice(0, 40)}`, () => {
    assert.throws(
      () => parseConsumerOptions(args),
      (error: Error) => {
        assert.equal(error.name, 'UsageError')
        assert.ok(error.message.startsWith('consumer.ts: '))
        assert.ok(error.message.split('\n')[0]?.includes(what), error.message)
        assert.match(error.message, /\nusage: consumer\.ts PARTITION\.\.\. \[--exit-at-end\] \[--rebuild\]\n/)
        return true
      },
    )
  })
}
