import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Transactional producers of Kafka's own, as many as have names. Argument: the broker's address. Each line of standard input
 * is a command (writer.ts lists them), each line of standard output its answer: {"done": COMMAND} or {"error": TEXT}. What
 * is open when the input ends stays open.
 */
public class Producers {
  static final Map<String, KafkaProducer<byte[], byte[]>> producers = new HashMap<>();
  /** Of each producer, what went wrong with a record since it was last flushed. */
  static final Map<String, Exception> failures = new HashMap<>();
  static String address;

  public static void main(String[] args) throws Exception {
    address = args[0];
    var input = new BufferedReader(new InputStreamReader(System.in));
    var json = new ObjectMapper();
    for (String line; (line = input.readLine()) != null; ) {
      Map<String, String> answer;
      try {
        String[] words = line.split(" ");
        execute(words);
        answer = Map.of("done", words[0]);
      } catch (Exception error) {
        answer = Map.of("error", error.toString());
      }
      System.out.println(json.writeValueAsString(answer));
    }
    // Closing a producer would wait for it, and so might tell the broker something.
    Runtime.getRuntime().halt(0);
  }

  static void execute(String[] words) throws Exception {
    String name = words[1];
    switch (words[0]) {
      case "open" -> open(name, words[2]);
      case "begin" -> producers.get(name).beginTransaction();
      case "send" -> send(name, words);
      case "flush" -> {
        producers.get(name).flush();
        throwFailure(name);
      }
      case "commit" -> {
        producers.get(name).commitTransaction();
        throwFailure(name);
      }
      case "abort" -> {
        producers.get(name).abortTransaction();
        failures.remove(name); // Records that were not sent yet fail by that.
      }
      default -> throw new IllegalArgumentException("unknown command " + words[0]);
    }
  }

  /** Takes the place of a producer of that name, if there is one: it is as if that had been killed. */
  static void open(String name, String compression) {
    var settings = new Properties();
    settings.put("bootstrap.servers", address);
    settings.put("compression.type", compression);
    // Nothing is sent before it is flushed.
    settings.put("linger.ms", "60000");
    if (!name.startsWith("plain")) {
      settings.put("transactional.id", name);
      settings.put("transaction.timeout.ms", "600000");
    }
    var producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    if (!name.startsWith("plain")) producer.initTransactions();
    producers.put(name, producer);
  }

  static void send(String name, String[] words) {
    int partition = Integer.parseInt(words[3]);
    byte[] key = HexFormat.of().parseHex(words[4]);
    byte[] value = HexFormat.of().parseHex(words[5]);
    for (int times = Integer.parseInt(words[8]); times > 0; times--) {
      var record = new ProducerRecord<>(words[2], partition, key, value);
      if (!words[6].equals("-")) record.headers().add(words[6], HexFormat.of().parseHex(words[7]));
      producers.get(name).send(record, (metadata, error) -> {
        if (error != null) failures.put(name, error);
      });
    }
  }

  static void throwFailure(String name) throws Exception {
    Exception failure = failures.remove(name);
    if (failure != null) throw failure;
  }
}
