package dev.concordat.calls.grpc;

import dev.concordat.core.Carrier;
import io.grpc.Metadata;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// gRPC's metadata as a carrier of the context.
public record MetadataCarrier(Metadata metadata) implements Carrier {
  private static final Map<String, Metadata.Key<String>> KEYS = new ConcurrentHashMap<>();

  /// Response header: the answer was remembered from an earlier call with the same key.
  public static final String REPLAYED = "idempotency-replayed";

  /// Only for names that stand in our own source: every name asked for is remembered.
  public static Metadata.Key<String> key(String name) {
    return KEYS.computeIfAbsent(name, n -> Metadata.Key.of(n, Metadata.ASCII_STRING_MARSHALLER));
  }

  @Override
  public Optional<String> get(String name) {
    return Optional.ofNullable(metadata.get(key(name)));
  }

  @Override
  public void set(String name, String value) {
    metadata.discardAll(key(name));
    metadata.put(key(name), value);
  }
}
