package dev.concordat.calls.discovery;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/// How the API server of Kubernetes is asked. Reading the EndpointSlices of the namespace must be
/// allowed to the service account: verbs `list` and `watch` on `endpointslices` in
/// `discovery.k8s.io`.
///
/// @param server the API server, `https://…`
/// @param namespace where the services are
/// @param port name of the port that is called; empty, the default, takes the one called `grpc`, or
///   the only one there is
/// @param token file with the bearer token, read before each question, since it is replaced about
///   every hour; default none
/// @param authorities PEM file of the certificates to trust, read anew when it has changed; default
///   the JDK's
/// @param watch how long one watch lasts before it is begun anew, give or take a tenth; default 5
///   minutes
/// @param looking how patiently it is asked
public record KubernetesOptions(
    URI server,
    String namespace,
    String port,
    Optional<Path> token,
    Optional<Path> authorities,
    Duration watch,
    LookOptions looking) {
  private static final Path ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  /// An API server that asks for no token.
  public static KubernetesOptions at(URI server, String namespace) {
    return new KubernetesOptions(
        server,
        namespace,
        "",
        Optional.empty(),
        Optional.empty(),
        Duration.ofMinutes(5),
        LookOptions.DEFAULT);
  }

  /// What every pod finds: the API server in the environment variables `KUBERNETES_SERVICE_HOST`
  /// and `KUBERNETES_SERVICE_PORT`, token and authority in
  /// `/var/run/secrets/kubernetes.io/serviceaccount`.
  ///
  /// @param namespace where the services are; empty for the pod's own
  /// @throws Failure with [Code#FAILED_PRECONDITION] when this is no pod
  public static KubernetesOptions inCluster(String namespace, Map<String, String> variables) {
    String host = variables.getOrDefault("KUBERNETES_SERVICE_HOST", "");
    String port = variables.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    if (host.isEmpty()) {
      throw Failure.of(
          Code.FAILED_PRECONDITION,
          "KUBERNETES_SERVICE_HOST is not set, so this is no pod; say where the API server is");
    }
    URI server =
        URI.create("https://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
    return at(server, namespace.isEmpty() ? own(ACCOUNT.resolve("namespace")) : namespace)
        .withToken(ACCOUNT.resolve("token"))
        .withAuthorities(ACCOUNT.resolve("ca.crt"));
  }

  /// The same with another port.
  public KubernetesOptions withPort(String port) {
    return new KubernetesOptions(server, namespace, port, token, authorities, watch, looking);
  }

  /// The same with a token.
  public KubernetesOptions withToken(Path token) {
    return new KubernetesOptions(
        server, namespace, port, Optional.of(token), authorities, watch, looking);
  }

  /// The same trusting these certificates.
  public KubernetesOptions withAuthorities(Path authorities) {
    return new KubernetesOptions(
        server, namespace, port, token, Optional.of(authorities), watch, looking);
  }

  /// The same with watches of another length.
  public KubernetesOptions withWatch(Duration watch) {
    return new KubernetesOptions(server, namespace, port, token, authorities, watch, looking);
  }

  /// The same asked with another patience.
  public KubernetesOptions withLooking(LookOptions looking) {
    return new KubernetesOptions(server, namespace, port, token, authorities, watch, looking);
  }

  private static String own(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw Failure.of(
          Code.FAILED_PRECONDITION, file + " cannot be read; say which namespace it is", e);
    }
  }
}
