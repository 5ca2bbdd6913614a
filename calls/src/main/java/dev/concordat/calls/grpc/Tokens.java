package dev.concordat.calls.grpc;

import dev.concordat.core.Bearer;
import io.grpc.Metadata;
import java.util.Optional;

/// Tokens in gRPC's metadata: `authorization: Bearer …`.
public final class Tokens {
  private static final Metadata.Key<String> AUTHORIZATION = MetadataCarrier.key("authorization");
  private static final String SCHEME = "Bearer ";

  private Tokens() {}

  static void write(Bearer bearer, Metadata headers) {
    headers.put(AUTHORIZATION, SCHEME + bearer.reveal());
  }

  /// Other schemes are nobody's here.
  public static Optional<Bearer> read(Metadata headers) {
    String header = headers.get(AUTHORIZATION);
    return header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        ? Optional.empty()
        : Optional.of(Bearer.of(header.substring(SCHEME.length()).strip()));
  }
}
