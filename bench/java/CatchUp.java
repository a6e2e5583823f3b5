import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Month;
import java.time.YearMonth;
import java.time.format.TextStyle;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic to its end and folds it as consumer.ts does, without writing files. The report is decoded by hand, so
 * that no library is to blame. Arguments: address, topic, then settings of the consumer as name=value.
 *
 * Prints the milliseconds from the first poll to the end, the days counted, and a digest of all months.
 */
public class CatchUp {
  static final int YEARS = 10_000;
  static final byte[][] KEYS = IntStream.rangeClosed(1, 12)
      .mapToObj(month -> Month.of(month).getDisplayName(TextStyle.FULL, Locale.ENGLISH).getBytes(StandardCharsets.UTF_8))
      .toArray(byte[][]::new);

  // By month and year: index (month - 1) * YEARS + year.
  static final int[] counts = new int[12 * YEARS];
  static final double[] sums = new double[12 * YEARS];
  static final byte[] firstDays = new byte[12 * YEARS];
  static final byte[] lastDays = new byte[12 * YEARS];

  public static void main(String[] args) throws Exception {
    List<TopicPartition> partitions = IntStream.range(0, 4).mapToObj(i -> new TopicPartition(args[1], i)).toList();
    try (var consumer = new KafkaConsumer<>(settings(args), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long end = ends.values().stream().mapToLong(Long::longValue).sum();
      long begin = System.nanoTime();
      // Without transactions and compaction there is a record for each offset.
      for (long read = 0; read < end; ) {
        var records = consumer.poll(Duration.ofMillis(500));
        for (ConsumerRecord<byte[], byte[]> record : records) fold(record);
        read += records.count();
      }
      double ms = (System.nanoTime() - begin) / 1e6;
      System.out.println("{\"ms\": " + ms + ", \"count\": " + Arrays.stream(counts).sum() + ", \"digest\": \"" + digest() + "\"}");
    }
  }

  static Properties settings(String[] args) {
    var settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("enable.auto.commit", "false");
    for (String arg : Arrays.copyOfRange(args, 2, args.length)) settings.put(arg.split("=")[0], arg.split("=")[1]);
    return settings;
  }

  static void fold(ConsumerRecord<byte[], byte[]> record) {
    byte[] value = record.value();
    if (value.length != 21 || value[0] != 0x0a || value[1] != 10 || value[12] != 0x11 || value[6] != '-' || value[9] != '-')
      throw new IllegalStateException("not a report in the usual form at offset " + record.offset());
    int year = twoDigits(value, 2) * 100 + twoDigits(value, 4);
    int month = twoDigits(value, 7);
    int day = twoDigits(value, 10);
    double degrees = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getDouble(13);
    boolean isDay = year >= 1 && month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= YearMonth.of(year, month).lengthOfMonth());
    if (!isDay || !Double.isFinite(degrees) || !Arrays.equals(record.key(), KEYS[month - 1]))
      throw new IllegalStateException("not a report at offset " + record.offset());
    int i = (month - 1) * YEARS + year;
    if (day <= lastDays[i]) return;
    if (lastDays[i] == 0) firstDays[i] = (byte) day;
    counts[i]++;
    sums[i] += degrees;
    lastDays[i] = (byte) day;
  }

  /** SHA-256 over a line a month: index, count, the sum's bits, first and last day. */
  static String digest() throws Exception {
    var hash = MessageDigest.getInstance("SHA-256");
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] == 0) continue;
      String sum = HexFormat.of().toHexDigits(Double.doubleToRawLongBits(sums[i]));
      hash.update((i + " " + counts[i] + " " + sum + " " + firstDays[i] + " " + lastDays[i] + "\n").getBytes(StandardCharsets.UTF_8));
    }
    return HexFormat.of().formatHex(hash.digest());
  }

  static int twoDigits(byte[] bytes, int at) {
    int tens = bytes[at] - '0';
    int ones = bytes[at + 1] - '0';
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -10_000;
  }
}
