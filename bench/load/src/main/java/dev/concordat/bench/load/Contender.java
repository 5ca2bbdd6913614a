package dev.concordat.bench.load;

import java.util.ServiceLoader;

/// One way for a Java service to ask another. Found through [ServiceLoader].
public interface Contender {
  /// What every message says: 64 bytes as a protobuf message with this one field.
  String TEXT = "a text of sixty-two characters, which makes a 64-byte message.";

  /// Its name on the command line and in the figures, for example `grpc-java`.
  String name();

  /// Begins to serve on a free port of this machine: a method that answers the text it was asked
  /// with, and where there are streams, one that sends the text as often as it was asked for.
  Serving serve() throws Exception;

  /// A client of that server.
  Asking connect(int port) throws Exception;

  /// The contender with this name.
  static Contender named(String name) {
    return ServiceLoader.load(Contender.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(contender -> contender.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no contender is called " + name));
  }
}
