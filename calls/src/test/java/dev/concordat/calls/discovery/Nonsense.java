package dev.concordat.calls.discovery;

import dev.concordat.calls.discovery.Origin.Plague;
import java.util.ArrayList;
import java.util.List;

/// What a server that speaks HTTP and JSON may say instead of an answer.
final class Nonsense {
  private Nonsense() {}

  /// @param bodies JSON that is not what was asked for
  static List<Plague> of(String... bodies) {
    List<Plague> plagues = new ArrayList<>();
    plagues.add(Plague.http(500, "[]"));
    plagues.add(Plague.http(503, ""));
    plagues.add(Plague.http(302, ""));
    plagues.add(Plague.http(200, ""));
    plagues.add(Plague.http(200, "<html>"));
    plagues.add(Plague.http(200, "[] []"));
    plagues.add(Plague.http(200, "7"));
    plagues.add(Plague.http(200, "[".repeat(90_000)));
    plagues.add(Plague.http(200, " ".repeat(200_000) + "[]"));
    plagues.add(Plague.says("no HTTP", "\u0000\u0001\u0002 garbage\r\n\r\n"));
    plagues.add(Plague.says("half an answer", "HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n[{"));
    plagues.add(Plague.says("half a head", "HTTP/1.1 200 OK\r\ncontent-len"));
    for (String body : bodies) {
      plagues.add(Plague.http(200, body));
    }
    return plagues;
  }
}
