package dev.concordat.calls.discovery;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// How others are found, and how one is found by them, chosen by one line of configuration:
///
/// | line | where |
/// |---|---|
/// | `postgres` | the registry in the shared database |
/// | `static:orders=10.0.0.1:8080,10.0.0.2:8080;stock=10.0.0.3:8080` | written down here |
/// | `dns:///{service}.shop.svc.cluster.local?port=8080` | A and AAAA records |
/// | `dns+srv:///_grpc._tcp.{service}.shop.internal` | SRV records |
/// | `consul://127.0.0.1:8500` | Consul |
/// | `eureka://host:8761/eureka` | Eureka |
/// | `kubernetes://shop` | EndpointSlices of the namespace |
///
/// Options and defaults are in `docs/discovery.md`. Secrets stand in files that are named, never in
/// the line.
///
/// Threads: safe for many.
public final class Discovery implements AutoCloseable {
  private final Resolver resolver;
  private final Optional<Registrar> registrar;
  private final List<AutoCloseable> open;

  private Discovery(Resolver resolver, Optional<Registrar> registrar, List<AutoCloseable> open) {
    this.resolver = resolver;
    this.registrar = registrar;
    this.open = open;
  }

  /// What a line of configuration says. Nothing is asked yet.
  ///
  /// @param line one of the table above
  /// @param registry gives the registry when the line asks for it; it is not closed with this
  /// @throws Failure with [Code#FAILED_PRECONDITION] when the line makes no sense
  public static Discovery of(String line, Supplier<Registry> registry) {
    DiscoveryAddress address = DiscoveryAddress.parse(line);
    return switch (address.kind()) {
      case "postgres" -> registry(address, registry);
      case "static" -> found(statics(address));
      case "dns" -> dns(address);
      case "dns+srv" -> srv(address);
      case "consul" -> consul(address, "http");
      case "consul+https" -> consul(address, "https");
      case "eureka" -> eureka(address, "http");
      case "eureka+https" -> eureka(address, "https");
      case "kubernetes" -> kubernetes(address);
      default ->
          throw address.wrong(
              "it begins with none of postgres, static, dns, dns+srv, consul, consul+https, eureka,"
                  + " eureka+https, kubernetes");
    };
  }

  /// Finds others.
  public Resolver resolver() {
    return resolver;
  }

  /// Makes one known to others; empty where somebody else does (who writes the line, DNS, or
  /// Kubernetes by its readiness probes).
  public Optional<Registrar> registrar() {
    return registrar;
  }

  /// Ends watches and takes away what was registered.
  @Override
  public void close() {
    for (AutoCloseable one : open) {
      try {
        one.close();
      } catch (Exception e) {
        throw Failure.of(Code.INTERNAL, one.getClass().getSimpleName() + " does not close", e);
      }
    }
  }

  private static Discovery found(Resolver resolver) {
    return new Discovery(
        resolver,
        Optional.empty(),
        resolver instanceof AutoCloseable closeable ? List.of(closeable) : List.of());
  }

  private static Discovery registry(DiscoveryAddress address, Supplier<Registry> registry) {
    if (!address.whole().equals("postgres")) {
      throw address.wrong("the database is CONCORDAT_SHARED_DATABASE; write postgres and no more");
    }
    Registry open = registry.get();
    return new Discovery(open, Optional.of(open), List.of());
  }

  private static Resolver statics(DiscoveryAddress address) {
    StaticResolver resolver = StaticResolver.empty();
    for (String entry : address.path().split(";", -1)) {
      int equals = entry.indexOf('=');
      if (equals < 1) {
        throw address.wrong("an entry is service=host:port,host:port, got \"" + entry + "\"");
      }
      List<Endpoint> endpoints = new ArrayList<>();
      for (String at : entry.substring(equals + 1).split(",", -1)) {
        int colon = at.lastIndexOf(':');
        if (colon < 1) {
          throw address.wrong("an instance is host:port, got \"" + at + "\"");
        }
        String host = at.substring(0, colon);
        String bare =
            host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host;
        endpoints.add(Endpoint.of(bare, address.port(at.substring(colon + 1))));
      }
      resolver.with(entry.substring(0, equals), endpoints.toArray(Endpoint[]::new));
    }
    return resolver;
  }

  private static Discovery dns(DiscoveryAddress address) {
    address.allowing("port");
    int port = address.port(address.option("port", ""));
    return found(DnsResolver.open(at(address, DnsOptions.host(name(address), port))));
  }

  private static Discovery srv(DiscoveryAddress address) {
    address.allowing();
    return found(DnsResolver.open(at(address, DnsOptions.srv(name(address)))));
  }

  private static DnsOptions at(DiscoveryAddress address, DnsOptions options) {
    return options.withServers(address.sockets(53).toArray(InetSocketAddress[]::new));
  }

  private static String name(DiscoveryAddress address) {
    if (!address.path().contains(DnsOptions.SERVICE)) {
      throw address.wrong("the name to look up has no " + DnsOptions.SERVICE);
    }
    return address.path();
  }

  private static Discovery consul(DiscoveryAddress address, String scheme) {
    address.located().allowing("dc", "tag", "token-file", "ca");
    ConsulOptions options =
        ConsulOptions.at(address.uris(scheme, 8500, "")).withToken(token(address, "token-file"));
    for (String filter : List.of("dc", "tag")) {
      String value = address.option(filter, "");
      if (!value.isEmpty()) {
        String before = options.filter().isEmpty() ? "" : options.filter() + "&";
        options = options.withFilter(before + filter + "=" + value);
      }
    }
    Optional<Path> ca = file(address, "ca");
    ConsulOptions all = ca.isPresent() ? options.withAuthorities(ca.get()) : options;
    ConsulResolver resolver = ConsulResolver.open(all);
    ConsulRegistrar registrar = ConsulRegistrar.open(all);
    return new Discovery(resolver, Optional.of(registrar), List.of(registrar, resolver));
  }

  private static Discovery eureka(DiscoveryAddress address, String scheme) {
    address.located().allowing("secure", "authorization-file", "ca");
    String path = address.path().isEmpty() ? "/eureka" : "/" + address.path();
    EurekaOptions options =
        EurekaOptions.at(address.uris(scheme, 8761, path))
            .withSecure(flag(address, "secure"))
            .withAuthorization(token(address, "authorization-file"));
    Optional<Path> ca = file(address, "ca");
    EurekaOptions all = ca.isPresent() ? options.withAuthorities(ca.get()) : options;
    EurekaResolver resolver = EurekaResolver.open(all);
    EurekaRegistrar registrar = EurekaRegistrar.open(all);
    return new Discovery(resolver, Optional.of(registrar), List.of(registrar, resolver));
  }

  private static Discovery kubernetes(DiscoveryAddress address) {
    address.allowing("port", "server", "token-file", "ca");
    if (address.servers().size() > 1 || !address.path().isEmpty()) {
      throw address.wrong("one namespace, or none for the pod's own: kubernetes://shop");
    }
    String namespace = address.servers().isEmpty() ? "" : address.servers().getFirst();
    String server = address.option("server", "");
    if (!server.isEmpty() && (namespace.isEmpty() || !server.matches("https?://[^/?#@]+"))) {
      throw address.wrong("a server is https://host:port, and needs a namespace");
    }
    KubernetesOptions options =
        server.isEmpty()
            ? KubernetesOptions.inCluster(namespace, System.getenv())
            : KubernetesOptions.at(URI.create(server), namespace);
    options = options.withPort(address.option("port", ""));
    Optional<Path> token = file(address, "token-file");
    if (token.isPresent()) {
      options = options.withToken(token.get());
    }
    Optional<Path> ca = file(address, "ca");
    return found(
        KubernetesResolver.open(ca.isPresent() ? options.withAuthorities(ca.get()) : options));
  }

  private static boolean flag(DiscoveryAddress address, String name) {
    return switch (address.option(name, "false")) {
      case "true" -> true;
      case "false" -> false;
      default -> throw address.wrong(name + " is true or false");
    };
  }

  private static Optional<Path> file(DiscoveryAddress address, String name) {
    String value = address.option(name, "");
    if (value.isEmpty()) {
      return Optional.empty();
    }
    if (!Files.isReadable(Path.of(value))) {
      throw address.wrong("the file " + value + " of " + name + " cannot be read");
    }
    return Optional.of(Path.of(value));
  }

  /// Read before each question, since it may be replaced.
  private static Supplier<String> token(DiscoveryAddress address, String name) {
    Optional<Path> file = file(address, name);
    return () -> file.map(Discovery::read).orElse("");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw Failure.of(Code.FAILED_PRECONDITION, file + " cannot be read", e);
    }
  }
}
