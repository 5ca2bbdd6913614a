package dev.concordat.kafka;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// Where Kafka is and how it is spoken to.
///
/// @param bootstrap `host:port`, several with commas
/// @param prefix before the names of topics, groups and producers, so that several systems share a
///   cluster
/// @param partitions of a topic that is made here
/// @param replication copies of each partition; empty for as many as there are brokers, at most 3
/// @param extra what the properties file adds, for all clients: security, names, buffers
record Settings(
    String bootstrap,
    String prefix,
    int partitions,
    OptionalInt replication,
    Map<String, String> extra) {
  private static final Pattern ADDRESS =
      Pattern.compile("kafka://(?<hosts>[^@/?,]+:\\d+(,[^@/?,]+:\\d+)*)/?(\\?(?<options>.*))?");

  /// What one answer may take before it counts as missing.
  static final int ANSWER_MILLIS = 5_000;

  /// What one operation with its retries may take.
  static final int OPERATION_MILLIS = 10_000;

  /// How long the transaction of a producer that died keeps readers from what stands behind it,
  /// when no other process takes its place.
  private static final int TRANSACTION_MILLIS = 15_000;

  /// A message of the default limit, 4 MiB, with its headers.
  static final int MESSAGE_BYTES = 8 * 1024 * 1024;

  private static final int FETCH_BYTES = 8 * 1024 * 1024;
  private static final int BATCH_BYTES = 128 * 1024;
  private static final int RECONNECT_MILLIS = 1_000;
  private static final int PARTITIONS = 8;

  /// What the guarantees stand on.
  private static final Set<String> OURS =
      Set.of(
          "acks",
          "auto.offset.reset",
          "bootstrap.servers",
          "enable.auto.commit",
          "enable.idempotence",
          "group.id",
          "group.protocol",
          "isolation.level",
          "key.deserializer",
          "key.serializer",
          "partitioner.class",
          "transactional.id",
          "value.deserializer",
          "value.serializer");

  Settings {
    extra = Map.copyOf(extra);
    Set<String> touched = new TreeSet<>(extra.keySet());
    touched.retainAll(OURS);
    if (!touched.isEmpty()) {
      throw wrong("the guarantees stand on " + touched + ": take it out of the log's properties");
    }
  }

  /// Reads `kafka://host:port[,host:port]?partitions=8&replication=3&prefix=staging.`.
  static Settings of(String address, Map<String, String> extra) {
    Matcher parts = ADDRESS.matcher(address);
    if (!parts.matches()) {
      throw wrong(
          "the log's address is"
              + " kafka://host:port[,host:port][?partitions=8&replication=3&prefix=…]");
    }
    Map<String, String> options = options(parts.group("options"));
    int partitions = number(options, "partitions", PARTITIONS);
    int replication = number(options, "replication", 0);
    String prefix = options.getOrDefault("prefix", "");
    options.remove("prefix");
    if (!options.isEmpty() || !prefix.matches("[a-zA-Z0-9._-]{0,100}")) {
      throw wrong("in the log's address, partitions, replication and prefix can be said");
    }
    return new Settings(
        parts.group("hosts"),
        prefix,
        partitions,
        replication == 0 ? OptionalInt.empty() : OptionalInt.of(replication),
        extra);
  }

  private static Map<String, String> options(@Nullable String query) {
    Map<String, String> options = new HashMap<>();
    if (query != null) {
      for (String option : query.split("&", -1)) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        options.put(name, option.substring(equals + 1));
      }
    }
    return options;
  }

  private static int number(Map<String, String> options, String name, int otherwise) {
    String value = options.remove(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.matches("[1-9][0-9]{0,3}")) {
      throw wrong(name + " in the log's address is a number from 1, got " + value);
    }
    return Integer.parseInt(value);
  }

  /// Kafka's name of a topic, group or producer.
  String name(String ours) {
    return prefix + ours;
  }

  /// What Kafka calls so.
  String ours(String name) {
    return name.startsWith(prefix) ? name.substring(prefix.length()) : name;
  }

  private static Failure wrong(String what) {
    return Failure.of(Code.FAILED_PRECONDITION, what);
  }

  Map<String, Object> admin() {
    Map<String, Object> properties = common();
    properties.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, OPERATION_MILLIS);
    return properties;
  }

  /// Idempotent, acknowledged by all, fenced by its name.
  Map<String, Object> producer(String name) {
    Map<String, Object> properties = common();
    properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, name);
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_MILLIS);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, OPERATION_MILLIS);
    properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, OPERATION_MILLIS);
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    properties.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MESSAGE_BYTES);
    properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
    return properties;
  }

  /// Reads what is committed, where it is told to, in no group.
  Map<String, Object> consumer() {
    Map<String, Object> properties = common();
    properties.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, "classic");
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    properties.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, OPERATION_MILLIS);
    properties.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
    properties.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    properties.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
    return properties;
  }

  private Map<String, Object> common() {
    Map<String, Object> properties = new HashMap<>();
    properties.put("request.timeout.ms", ANSWER_MILLIS);
    properties.put("reconnect.backoff.max.ms", RECONNECT_MILLIS);
    properties.put("client.id", "concordat");
    // Nothing is told to the cluster about this client beyond what it asks for.
    properties.put("enable.metrics.push", false);
    properties.put("metric.reporters", "");
    properties.putAll(extra);
    properties.put("bootstrap.servers", bootstrap);
    return properties;
  }
}
