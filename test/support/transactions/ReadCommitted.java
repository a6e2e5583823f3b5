import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Kafka's own consumer, which reads what is committed. Argument: the broker's address. Each line of standard input names a
 * topic of four partitions, which is read from its start to its last stable offsets; the answer is a line of JSON:
 * {"ends": [OFFSET, ...], "records": [{"partition", "offset", "key", "value"}, ...]}, key and value as hexadecimal digits.
 */
public class ReadCommitted {
  public static void main(String[] args) throws Exception {
    var settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    var input = new BufferedReader(new InputStreamReader(System.in));
    var json = new ObjectMapper();
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      for (String topic; (topic = input.readLine()) != null; ) {
        Object answer;
        try {
          answer = read(consumer, topic);
        } catch (Exception error) {
          answer = Map.of("error", error.toString());
        }
        System.out.println(json.writeValueAsString(answer));
      }
    }
  }

  static Object read(KafkaConsumer<byte[], byte[]> consumer, String topic) {
    List<TopicPartition> partitions = IntStream.range(0, 4).mapToObj(i -> new TopicPartition(topic, i)).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    var records = new ArrayList<Map<String, Object>>();
    while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
      for (var record : consumer.poll(Duration.ofMillis(100)))
        records.add(Map.of("partition", record.partition(), "offset", record.offset(),
            "key", HexFormat.of().formatHex(record.key()), "value", HexFormat.of().formatHex(record.value())));
    }
    return Map.of("ends", partitions.stream().map(ends::get).toList(), "records", records);
  }
}
