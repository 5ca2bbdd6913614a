package dev.concordat.calls.discovery;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Where addresses come from, as one line of configuration says it: `kind://servers/path?options`.
///
/// @param whole the line itself
/// @param kind what stands before the colon, for example `consul`
/// @param servers what stands between `//` and the path, one for each comma; none for the default
/// @param path what follows, without the first `/`
/// @param options what follows the `?`
record DiscoveryAddress(
    String whole, String kind, List<String> servers, String path, Map<String, String> options) {
  /// @throws Failure with [Code#FAILED_PRECONDITION] when it has another shape
  static DiscoveryAddress parse(String whole) {
    int colon = whole.indexOf(':');
    String kind = colon < 0 ? whole : whole.substring(0, colon);
    String rest = colon < 0 ? "" : whole.substring(colon + 1);
    int question = rest.indexOf('?');
    String query = question < 0 ? "" : rest.substring(question + 1);
    String place = question < 0 ? rest : rest.substring(0, question);
    String authority = "";
    String path = place;
    if (place.startsWith("//")) {
      int slash = place.indexOf('/', 2);
      authority = slash < 0 ? place.substring(2) : place.substring(2, slash);
      path = slash < 0 ? "" : place.substring(slash + 1);
    }
    List<String> servers = authority.isEmpty() ? List.of() : List.of(authority.split(",", -1));
    return new DiscoveryAddress(whole, kind, servers, path, options(whole, query));
  }

  /// A host and a port behind each server.
  List<InetSocketAddress> sockets(int port) {
    List<InetSocketAddress> sockets = new ArrayList<>();
    for (String server : servers) {
      URI uri = uri("x", server, "");
      sockets.add(new InetSocketAddress(uri.getHost(), uri.getPort() < 0 ? port : uri.getPort()));
    }
    return sockets;
  }

  /// Each server as the start of an address.
  URI[] uris(String scheme, int port, String path) {
    return servers.stream()
        .map(server -> {
          URI uri = uri(scheme, server, "");
          String host = uri.getPort() < 0 ? server + ":" + port : server;
          return uri(scheme, host, path);
        })
        .toArray(URI[]::new);
  }

  String option(String name, String otherwise) {
    return options.getOrDefault(name, otherwise);
  }

  /// @throws Failure when there is an option besides these
  DiscoveryAddress allowing(String... names) {
    Set<String> unknown = new TreeSet<>(options.keySet());
    unknown.removeAll(Set.of(names));
    if (!unknown.isEmpty()) {
      throw wrong(kind + " knows the options " + new TreeSet<>(Set.of(names)) + ", not " + unknown);
    }
    return this;
  }

  /// @throws Failure when nothing stands between `//` and the path
  DiscoveryAddress located() {
    if (servers.isEmpty()) {
      throw wrong("it does not say where: " + kind + "://host:port");
    }
    return this;
  }

  Failure wrong(String why) {
    return wrong(whole, why);
  }

  /// The line is shown without what may be secret: user information and options.
  private static Failure wrong(String whole, String why) {
    String shown = whole.replaceFirst("//[^/]*@", "//…@").replaceFirst("\\?.*", "?…");
    return Failure.of(
        Code.FAILED_PRECONDITION, "\"" + shown + "\" does not say how to find others: " + why);
  }

  /// @throws Failure when it is none
  int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      assert e != null; // said below
    }
    throw wrong("a port is a number from 1 to 65535, got \"" + text + "\"");
  }

  private URI uri(String scheme, String server, String path) {
    try {
      URI uri = URI.create(scheme + "://" + server + path);
      // Who puts a password into an address puts it into logs.
      if (uri.getHost() != null && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      assert e != null; // said below
    }
    throw wrong("a server is host or host:port, and passwords stand in files");
  }

  private static Map<String, String> options(String whole, String query) {
    Map<String, String> options = new LinkedHashMap<>();
    if (query.isEmpty()) {
      return options;
    }
    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw wrong(whole, "an option is name=value");
      }
      options.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return options;
  }
}
