package dev.concordat.service;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/// Where one part of a system runs: what differs between a laptop and a cluster, and nothing else.
///
/// @param name the part's name, for example `orders`
/// @param listen where it listens
/// @param databases where its data lives
/// @param data a folder of its own for files
/// @param neighbours how the other parts are found
/// @param identity how it proves who it is; default not at all
/// @param clock what time it is; default the machine's
public record Environment(
    String name,
    Listen listen,
    Databases databases,
    Path data,
    Neighbours neighbours,
    Identity identity,
    Clock clock) {
  /// On this machine, on a free port.
  public Environment(String name, Databases databases, Path data) {
    this(name, Listen.LOCAL, databases, data, Neighbours.DEFAULT, Identity.NONE, Clock.SYSTEM);
  }

  /// Where a part listens.
  ///
  /// @param host the address, which is also the one it is found under; default `127.0.0.1`
  /// @param port 0, the default, takes a free one
  public record Listen(String host, int port) {
    /// A free port of this machine alone.
    public static final Listen LOCAL = new Listen("127.0.0.1", 0);
  }

  /// The address it listens on.
  public String host() {
    return listen.host();
  }

  /// The port it listens on; 0 takes a free one.
  public int port() {
    return listen.port();
  }

  /// What the environment variables of a process say: `CONCORDAT_HOST` (default `127.0.0.1`),
  /// `CONCORDAT_PORT` (default 0), `CONCORDAT_DATABASE` and `CONCORDAT_SHARED_DATABASE` (JDBC
  /// URLs), `CONCORDAT_LOG` (where the log of events is, for example `kafka://host:port`; default
  /// the shared database) and `CONCORDAT_LOG_PROPERTIES` (a file with settings of the log's
  /// client), `CONCORDAT_MASTER_KEY_FILE` (the keys of personal data), `CONCORDAT_DATA` (default
  /// the working directory), `CONCORDAT_DISCOVERY` (how services are found, default `postgres`),
  /// and `CONCORDAT_ADDRESS_<PART>` for each foreign part; `CONCORDAT_TLS_CERTIFICATE`,
  /// `CONCORDAT_TLS_KEY` and `CONCORDAT_TLS_TRUST` (PEM files, all three or none) with
  /// `CONCORDAT_TRUST_DOMAIN`; `CONCORDAT_JWT_ISSUER`, `CONCORDAT_JWT_JWKS` and
  /// `CONCORDAT_JWT_AUDIENCE` (all three or none).
  ///
  /// @throws Failure with `FAILED_PRECONDITION` when a variable is missing or malformed
  public static Environment of(String name, Map<String, String> variables) {
    return Variables.read(name, variables);
  }

  /// The address under which others reach it: the host, or this machine's address when it listens
  /// on all of them (`0.0.0.0`).
  String reachableHost() {
    try {
      return InetAddress.getByName(host()).isAnyLocalAddress()
          ? InetAddress.getLocalHost().getHostAddress()
          : host();
    } catch (UnknownHostException e) {
      throw Failure.of(Code.FAILED_PRECONDITION, host() + " is no address of this machine", e);
    }
  }

  /// The environment variables that say this.
  public Map<String, String> variables() {
    return Variables.write(this);
  }

  /// Where a foreign part is, as `host:port`.
  ///
  /// @throws Failure with `FAILED_PRECONDITION` when nobody said
  public String address(String part) {
    String address = neighbours.addresses().get(part);
    if (address == null) {
      throw Failure.of(
          Code.FAILED_PRECONDITION,
          name
              + " needs the address of \""
              + part
              + "\", but its environment knows only "
              + new TreeMap<>(neighbours.addresses()).keySet()
              + "; declare it as a foreign part, or set "
              + Variables.address(part));
    }
    return address;
  }

  /// The same listening elsewhere.
  public Environment withListen(String host, int port) {
    return new Environment(
        name, new Listen(host, port), databases, data, neighbours, identity, clock);
  }

  /// The same with these foreign parts.
  public Environment withAddresses(Map<String, String> addresses) {
    return withNeighbours(neighbours.withAddresses(addresses));
  }

  /// The same finding the others in another way.
  public Environment withNeighbours(Neighbours neighbours) {
    return new Environment(name, listen, databases, data, neighbours, identity, clock);
  }

  /// The same proving who it is.
  public Environment withIdentity(Identity identity) {
    return new Environment(name, listen, databases, data, neighbours, identity, clock);
  }

  /// The same on another clock.
  public Environment withClock(Clock clock) {
    return new Environment(name, listen, databases, data, neighbours, identity, clock);
  }
}
