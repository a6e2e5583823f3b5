import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.format.TextStyle;
import java.util.Arrays;
import java.util.Locale;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Fills a topic with reports as producer.ts sends them, several times as fast. Arguments: address, topic, first date, count,
 * then settings of the producer as name=value.
 */
public class Fill {
  static final int LAST_YEAR = 9998;

  public static void main(String[] args) throws Exception {
    long count = Long.parseLong(args[3]);
    try (var producer = new KafkaProducer<>(settings(args), new ByteArraySerializer(), new ByteArraySerializer())) {
      LocalDate day = LocalDate.parse(args[2]);
      long sent = 0;
      for (long i = 1; sent < count; i++) {
        byte[] key = day.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH).getBytes(StandardCharsets.UTF_8);
        producer.send(new ProducerRecord<>(args[1], key, report(day, 20 + (i * 7919 % 600_000) / 10_000.0)), Fill::check);
        sent++;
        // One day in twenty comes a second time, with degrees that would show in any sum.
        if (i % 20 == 0 && sent < count) {
          producer.send(new ProducerRecord<>(args[1], key, report(day, 1_000_000)), Fill::check);
          sent++;
        }
        day = day.plusDays(1);
        if (day.getYear() > LAST_YEAR) day = LocalDate.of(1, 1, 1);
      }
      producer.flush();
    }
  }

  static Properties settings(String[] args) {
    var settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("acks", "all");
    settings.put("enable.idempotence", "true");
    settings.put("linger.ms", "20");
    // As large as the batches of producer.ts, which sends 4000 observations at a time to four partitions.
    settings.put("batch.size", "40000");
    settings.put("buffer.memory", "67108864");
    for (String arg : Arrays.copyOfRange(args, 4, args.length)) settings.put(arg.split("=")[0], arg.split("=")[1]);
    return settings;
  }

  static byte[] report(LocalDate day, double degrees) {
    var bytes = ByteBuffer.allocate(21).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x0a).put((byte) 10).put(day.toString().getBytes(StandardCharsets.UTF_8));
    bytes.put((byte) 0x11).putDouble(degrees);
    return bytes.array();
  }

  static void check(Object metadata, Exception error) {
    if (error == null) return;
    error.printStackTrace();
    Runtime.getRuntime().halt(1);
  }
}
