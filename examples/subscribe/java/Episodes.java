import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads the alerts topic from its beginning to its end, folds it to episodes, and prints a line of JSON for each:
 *
 * <pre>
 * mvn -q dependency:copy-dependencies -DoutputDirectory=target/lib
 * java -cp 'target/lib/*' Episodes.java BROKERS REGISTRY_URL
 * </pre>
 */
public final class Episodes {
  static final String TOPIC = "clinical.alerts.sepsis";
  static final ObjectMapper JSON = new ObjectMapper();
  static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  public static void main(String[] args) throws Exception {
    if (args.length != 2) throw new IllegalArgumentException("Give BROKERS and REGISTRY_URL.");
    // A secured cluster: security.protocol, sasl.* and ssl.* stand here too.
    Map<String, Object> settings =
        Map.of(
            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, args[0],
            ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    var alerts = new HashMap<String, GenericRecord>();
    try (var consumer = new KafkaConsumer<>(settings, new StringDeserializer(), new AvroValue(args[1]))) {
      var partitions =
          consumer.partitionsFor(TOPIC).stream().map(p -> new TopicPartition(TOPIC, p.partition())).toList();
      // No group: nothing is committed.
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p)))
        for (var record : consumer.poll(Duration.ofSeconds(1)))
          if (record.value() != null) fold(alerts, record.value());
    }
    var order = Comparator.comparing((Map<String, Object> e) -> (String) e.get("patient"));
    var episodes = alerts.values().stream().map(Episodes::episode);
    for (var one : episodes.sorted(order.thenComparing(e -> (String) e.get("start"))).toList())
      System.out.println(JSON.writeValueAsString(one));
  }

  /** What is known of each alert: the last of its records; a retracted one is none. */
  static void fold(Map<String, GenericRecord> alerts, GenericRecord alert) {
    var id = alert.get("alertId").toString();
    if (alert.get("status").toString().equals("RETRACTED")) alerts.remove(id);
    else alerts.put(id, alert);
  }

  static Map<String, Object> episode(GenericRecord alert) {
    var onset = (GenericRecord) ((List<?>) alert.get("history")).get(0);
    var line = new LinkedHashMap<String, Object>();
    line.put("patient", alert.get("patient").toString());
    line.put("start", ISO.format(Instant.ofEpochMilli((long) alert.get("start"))));
    line.put("end", ISO.format(Instant.ofEpochMilli((long) alert.get("end"))));
    line.put("peak", alert.get("peak"));
    line.put("onset_met", ((List<?>) onset.get("met")).stream().map(Object::toString).sorted().toList());
    return line;
  }

  /** Confluent's wire format: a zero byte, the id of the writer's schema, the value. Their KafkaAvroDeserializer does the same. */
  record AvroValue(String registry, HttpClient http, Map<Integer, Schema> known) implements Deserializer<GenericRecord> {
    AvroValue(String registry) {
      this(registry, HttpClient.newHttpClient(), new HashMap<>());
    }

    @Override
    public GenericRecord deserialize(String topic, byte[] bytes) {
      if (bytes == null) return null;
      var head = ByteBuffer.wrap(bytes);
      if (bytes.length < 5 || head.get() != 0) throw new SerializationException("no Confluent wire format");
      var schema = known.computeIfAbsent(head.getInt(), this::schemaOf);
      try {
        var decoder = DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null);
        return new GenericDatumReader<GenericRecord>(schema).read(null, decoder);
      } catch (IOException e) {
        throw new SerializationException("bytes that do not follow their schema", e);
      }
    }

    private Schema schemaOf(int id) {
      try {
        var request = HttpRequest.newBuilder(URI.create(registry + "/schemas/ids/" + id)).build();
        var answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200) throw new IOException("the registry answers " + answer.statusCode());
        return new Schema.Parser().parse(JSON.readTree(answer.body()).get("schema").asText());
      } catch (IOException | InterruptedException e) {
        throw new SerializationException("schema " + id + " cannot be had", e);
      }
    }
  }
}
