package dev.concordat.calls.discovery;

import java.util.List;

/// A source of addresses that a test fills and breaks.
interface Origin extends AutoCloseable {
  /// The port of every instance.
  int PORT = 8080;

  /// A resolver of this source.
  Resolver open(LookOptions looking);

  /// The instances of a service from now on, by their IPv4 addresses.
  void become(String service, List<String> hosts);

  @Override
  void close();

  /// One on the network.
  interface Remote extends Origin {
    /// What a resolver gets instead of answers; the empty list says that the source is well.
    void suffer(Plague plague);

    /// How often it was asked so far.
    long asked();

    /// How many connections to it are open.
    int connections();

    /// All ways to answer nonsense.
    List<Plague> plagues();
  }

  /// One way to be broken.
  record Plague(String name, Kind kind, String says) {
    static final Plague NONE = new Plague("well", Kind.NONE, "");
    static final Plague DOWN = new Plague("down", Kind.DOWN, "");
    static final Plague HANGS = new Plague("hangs", Kind.HANGS, "");

    static Plague says(String name, String answer) {
      return new Plague(name, Kind.SAYS, answer);
    }

    /// An HTTP answer.
    static Plague http(int status, String body) {
      String head = "HTTP/1.1 " + status + " X\r\nx-consul-index: 7\r\nconnection: close\r\n";
      String shown = body.length() > 40 ? body.length() + " characters" : body;
      return says(
          status + " " + shown, head + "content-length: " + body.length() + "\r\n\r\n" + body);
    }

    @Override
    public String toString() {
      return name;
    }

    enum Kind {
      NONE,
      DOWN,
      HANGS,
      SAYS
    }
  }
}
