import type { Exchange } from './api.ts'

/** Settings of a topic by name, as `cleanup.policy`; or Kafka's error code when the broker does not tell. */
export type TopicConfigs = { errorCode: number; configs: ReadonlyMap<string, string> }

const topicResource = 2

/** Asks a broker for some of a topic's settings, those that the topic inherits from the broker included. */
export function describeTopicConfigsExchange(
  topicName: string,
  names: readonly string[],
): Exchange<TopicConfigs> {
  return {
    api: { name: 'DescribeConfigs', key: 32, versions: [4, 4] },
    write: (writer) => {
      writer.compactArray([topicName], (name) => {
        writer.int8(topicResource).compactString(name)
        writer.compactArray(names, (config) => writer.compactString(config)).noTags()
      })
      writer.int8(0).int8(0) // no synonyms, no documentation
      writer.noTags()
    },
    read: (reader) => {
      reader.int32() // throttle time
      const results = reader.compactArray(() => {
        const errorCode = reader.int16()
        reader.compactString() // error message
        reader.int8() // resource type
        reader.compactString() // resource name
        const configs = reader.compactArray(() => {
          const config = [reader.compactString() ?? '', reader.compactString() ?? ''] as const
          reader.skip(3) // read-only, source, sensitive
          reader.compactArray(() => {
            reader.compactString()
            reader.compactString()
            reader.int8()
            reader.tags()
          })
          reader.int8() // type
          reader.compactString() // documentation
          reader.tags()
          return config
        })
        reader.tags()
        return { errorCode, configs: new Map(configs) }
      })
      const [result] = results
      if (!result) throw new RangeError('it describes no topic')
      return result
    },
  }
}
