package dev.concordat.core;

import java.util.Optional;

/// Named text values that travel beside a payload: gRPC metadata, HTTP headers, message headers.
public interface Carrier {
  /// The value under this name; names are compared as the transport does.
  Optional<String> get(String name);

  /// Sets a value, replacing the present one.
  void set(String name, String value);
}
