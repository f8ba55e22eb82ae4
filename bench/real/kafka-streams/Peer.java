import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;

/**
 * The strongest peer at our work: Observations in FHIR JSON, repartitioned by patient, qSOFA over six hours with its evidence, each change of
 * an alert written, exactly once with its default commit interval of 100 ms, states in memory with a changelog. It does less: what meets a criterion is held
 * for seven hours, and not every value for thirty, so there are no corrections, retractions or episodes in the past; a compact form of its own
 * stands between instead of Avro; units, times and codes are not checked, and nothing becomes a dead letter.
 *
 * <p>Arguments: bootstrap servers, application id, folder for state, topics of input, between, and alerts.
 */
public final class Peer {
  private static final String STORE = "patients";
  private static final long WINDOW = 6 * 3_600_000L;
  /** A value of this load comes an hour late at most. */
  private static final long HELD = WINDOW + 3_600_000L;
  private static final byte RR = 0, SBP = 1, GCS = 2, OTHER = 3;

  public static void main(String[] args) throws InterruptedException {
    String application = args[1];
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("application.id", application);
    settings.put("state.dir", args[2]);
    settings.put("processing.guarantee", "exactly_once_v2");
    settings.put("num.stream.threads", 1);
    settings.put("statestore.cache.max.bytes", 0);
    settings.put("auto.offset.reset", "earliest");
    StreamsBuilder builder = new StreamsBuilder();
    var states = Stores.inMemoryKeyValueStore(STORE);
    builder.addStateStore(Stores.keyValueStoreBuilder(states, Serdes.String(), Serdes.ByteArray()));
    builder.stream(args[3], Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .flatMap((key, value) -> Observation.read(value))
        .to(args[4], Produced.with(Serdes.String(), Serdes.ByteArray()));
    builder.stream(args[4], Consumed.with(Serdes.String(), Serdes.ByteArray()))
        .process(Screen::new, STORE)
        .to(args[5], Produced.with(Serdes.String(), Serdes.ByteArray()));
    KafkaStreams streams = new KafkaStreams(builder.build(), settings);
    streams.setUncaughtExceptionHandler(
        error -> {
          error.printStackTrace();
          Runtime.getRuntime().halt(1);
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      streams.close();
      try (Admin client = Admin.create(Map.of("bootstrap.servers", args[0]))) {
        client.deleteTopics(List.of(application + "-" + STORE + "-changelog")).all().get();
      } catch (Exception error) {
        error.printStackTrace();
      }
    }));
    streams.start();
    Thread.currentThread().join();
  }

  /** What is read of an Observation, with Jackson's streaming parser: kind, time, value and id, under its patient. */
  private static final class Observation {
    private static final JsonFactory JSON = new JsonFactory();
    private String id = "", patient;
    private byte kind = OTHER;
    private long time;
    private double value = Double.NaN;

    static List<KeyValue<String, byte[]>> read(byte[] json) {
      Observation observation = new Observation();
      try (JsonParser parser = JSON.createParser(json)) {
        parser.nextToken();
        observation.fields(parser);
      } catch (IOException broken) {
        return List.of();
      }
      if (observation.patient == null || observation.kind == OTHER || Double.isNaN(observation.value)) return List.of();
      return List.of(KeyValue.pair(observation.patient, observation.bytes()));
    }

    private void fields(JsonParser in) throws IOException {
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        JsonToken token = in.nextToken();
        switch (name) {
          case "id" -> id = in.getText();
          case "code" -> kind = code(in, kind);
          case "subject" -> patient = reference(in);
          case "effectiveDateTime" -> time = OffsetDateTime.parse(in.getText()).toInstant().toEpochMilli();
          case "valueQuantity" -> value = quantity(in);
          case "component" -> {
            while (in.nextToken() != JsonToken.END_ARRAY) component(in);
          }
          default -> {
            if (token.isStructStart()) in.skipChildren();
          }
        }
      }
    }

    /** Systolic pressure is what counts of a panel. */
    private void component(JsonParser in) throws IOException {
      byte found = OTHER;
      double measured = Double.NaN;
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        JsonToken token = in.nextToken();
        if (name.equals("code")) found = code(in, found);
        else if (name.equals("valueQuantity")) measured = quantity(in);
        else if (token.isStructStart()) in.skipChildren();
      }
      if (found != SBP) return;
      kind = SBP;
      value = measured;
    }

    private static byte code(JsonParser in, byte otherwise) throws IOException {
      byte found = otherwise;
      int depth = 1;
      while (depth > 0) {
        JsonToken token = in.nextToken();
        if (token.isStructStart()) depth++;
        else if (token.isStructEnd()) depth--;
        else if (token == JsonToken.FIELD_NAME && in.currentName().equals("code")) {
          in.nextToken();
          String code = in.getText();
          found = code.equals("9279-1") ? RR : code.equals("8480-6") ? SBP : code.equals("9269-2") ? GCS : found;
        }
      }
      return found;
    }

    private static String reference(JsonParser in) throws IOException {
      String found = null;
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = in.currentName().equals("reference");
        JsonToken token = in.nextToken();
        if (wanted) found = in.getText();
        else if (token.isStructStart()) in.skipChildren();
      }
      return found;
    }

    private static double quantity(JsonParser in) throws IOException {
      double found = Double.NaN;
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        boolean wanted = in.currentName().equals("value");
        in.nextToken();
        if (wanted) found = in.getDoubleValue();
      }
      return found;
    }

    private byte[] bytes() {
      byte[] name = id.getBytes(StandardCharsets.UTF_8);
      return ByteBuffer.allocate(18 + name.length).put(kind).putLong(time).putDouble(value).put((byte) name.length).put(name).array();
    }
  }

  /** A patient's state: 1 while an alert is open, the newest time, then the facts that meet a criterion, as they came, in time order. */
  private static final class Screen implements Processor<String, byte[], String, byte[]> {
    private static final int HEAD = 9;
    private ProcessorContext<String, byte[]> context;
    private KeyValueStore<String, byte[]> store;

    @Override
    public void init(ProcessorContext<String, byte[]> given) {
      context = given;
      store = given.getStateStore(STORE);
    }

    @Override
    public void process(Record<String, byte[]> record) {
      byte[] fact = record.value();
      byte[] state = store.get(record.key());
      boolean met = met(fact, 0);
      if (state == null && !met) return;
      byte[] next = with(state == null ? new byte[HEAD] : state, fact, met);
      int score = score(next);
      boolean open = next[0] == 1;
      next[0] = (byte) (score >= 2 ? 1 : 0);
      store.put(record.key(), next.length == HEAD && !open ? null : next);
      if (score < 2 && !open || score >= 2 && open && !met) return;
      char change = score < 2 ? 'E' : open ? 'U' : 'R';
      // The alert carries all that it rests on.
      byte[] alert = ByteBuffer.allocate(10 + next.length).put((byte) change).putLong(timeAt(fact, 0)).put((byte) score).put(next).array();
      context.forward(record.withValue(alert));
    }

    private static byte[] with(byte[] state, byte[] fact, boolean met) {
      long newest = Math.max(timeAt(state, 0), timeAt(fact, 0));
      int from = HEAD;
      while (from < state.length && timeAt(state, from) < newest - HELD) from += lengthAt(state, from);
      int at = from;
      while (at < state.length && timeAt(state, at) <= timeAt(fact, 0)) at += lengthAt(state, at);
      int length = met ? fact.length : 0;
      byte[] next = new byte[HEAD + state.length - from + length];
      ByteBuffer.wrap(next).put(state[0]).putLong(newest).put(state, from, at - from).put(fact, 0, length).put(state, at, state.length - at);
      return next;
    }

    /** How many criteria are met by any value of the six hours before the newest. */
    private static int score(byte[] state) {
      boolean[] criteria = new boolean[3];
      for (int i = HEAD; i < state.length; i += lengthAt(state, i))
        if (timeAt(state, i) >= timeAt(state, 0) - WINDOW) criteria[state[i]] = true;
      return (criteria[RR] ? 1 : 0) + (criteria[SBP] ? 1 : 0) + (criteria[GCS] ? 1 : 0);
    }

    private static boolean met(byte[] facts, int at) {
      double value = ByteBuffer.wrap(facts, at + 9, 8).getDouble();
      return switch (facts[at]) {
        case RR -> value >= 22;
        case SBP -> value <= 100;
        default -> value < 15;
      };
    }

    private static long timeAt(byte[] facts, int at) {
      return ByteBuffer.wrap(facts, at + 1, 8).getLong();
    }

    private static int lengthAt(byte[] facts, int at) {
      return 18 + facts[at + 17];
    }
  }
}
