package dev.concordat.calls.discovery;

import com.google.gson.JsonObject;
import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/// The pods behind a Kubernetes service, told by a watch on its EndpointSlices: a change is known
/// when the API server knows it.
///
/// Ready endpoints are given; when there is none, those that still serve while they end.
/// Attributes: [Endpoint#ZONE], `node`, `pod`, and `for-zones` when the cluster routes by topology.
/// Of a service with both families of addresses the pods are given once, by IPv4. A watch that ends
/// goes on where it ended; when the API server has forgotten that place (410 Gone), all is listed
/// anew. While it cannot be asked, what was last known stands.
///
/// Threads: safe for many.
///
/// Source: [API concepts](https://kubernetes.io/docs/reference/using-api/api-concepts/), efficient
/// detection of changes.
public final class KubernetesResolver implements Resolver, AutoCloseable {
  private static final Duration BURST = Duration.ofMillis(100);
  private static final int GONE = 410;

  private final KubernetesOptions options;
  private final HttpPeer server;
  private final Background threads = new Background("kubernetes");

  private KubernetesResolver(KubernetesOptions options) {
    this.options = options;
    this.server = new HttpPeer(List.of(options.server()), options.looking(), options.authorities());
  }

  /// A resolver that asks this API server. Nothing is asked yet.
  public static KubernetesResolver open(KubernetesOptions options) {
    return new KubernetesResolver(options);
  }

  @Override
  public Watch watch(String service, Consumer<List<Endpoint>> listener) {
    return Lookout.open(
        "Kubernetes for " + options.namespace() + "/" + service,
        threads,
        options.looking(),
        new Following(service)::at,
        listener);
  }

  /// Ends the watches and closes the connections.
  @Override
  public void close() {
    threads.close();
    server.close();
  }

  private Map<String, String> headers() {
    return options
        .token()
        .map(file -> Map.of("Authorization", "Bearer " + token(file)))
        .orElse(Map.of());
  }

  private static String token(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw Failure.of(Code.FAILED_PRECONDITION, "the token in " + file + " cannot be read", e);
    }
  }

  /// One service, and how far its history was seen.
  private final class Following {
    private final String path;
    private final EndpointSlices slices = new EndpointSlices(options.port());
    private String version = "";

    Following(String service) {
      this.path =
          "/apis/discovery.k8s.io/v1/namespaces/"
              + encoded(options.namespace())
              + "/endpointslices?labelSelector="
              + encoded("kubernetes.io/service-name=" + service);
    }

    Duration at(Lookout lookout) throws InterruptedException {
      try {
        if (version.isEmpty() || lookout.afresh()) {
          list(lookout);
        }
        follow(lookout);
        return options.looking().spread(BURST);
      } catch (RuntimeException | Error e) {
        // Whatever was half understood is not built upon.
        version = "";
        throw e;
      }
    }

    private void list(Lookout lookout) throws InterruptedException {
      HttpPeer.Reply reply = server.ask("GET", path, headers(), "", options.looking().timeout());
      expect(reply.status());
      JsonObject list = Json.object(Json.read(reply.body()));
      slices.become(Json.objects(list.get("items")));
      version = version(list);
      lookout.tell(slices.endpoints());
    }

    private void follow(Lookout lookout) throws InterruptedException {
      Duration lasting = options.looking().spread(options.watch());
      String query =
          "&watch=true&allowWatchBookmarks=true&timeoutSeconds="
              + Math.max(1, lasting.toSeconds())
              + "&resourceVersion="
              + encoded(version);
      HttpResponse<Lines> answer = server.follow(path + query, headers());
      try (Lines lines = answer.body()) {
        if (answer.statusCode() == GONE) {
          version = "";
          return;
        }
        expect(answer.statusCode());
        // Nothing may come for as long as the watch lasts: then the server ends it.
        Duration idle = lasting.plus(options.looking().timeout());
        Optional<String> line = lookout.await(() -> lines.next(idle));
        while (line.isPresent() && apply(line.get(), lookout)) {
          line = lookout.await(() -> lines.next(idle));
        }
      }
    }

    /// @return whether the watch can go on
    private boolean apply(String line, Lookout lookout) {
      JsonObject event = Json.object(Json.read(line));
      JsonObject object = Json.object(event.get("object"));
      switch (Json.text(event, "type")) {
        case "ADDED", "MODIFIED" -> slices.put(object);
        case "DELETED" -> slices.remove(object);
        case "BOOKMARK" -> {
          version = version(object);
          return true;
        }
        case "ERROR" -> {
          int code = Json.number(object, "code");
          if (code == GONE) {
            version = "";
            return false;
          }
          throw Failure.of(Code.UNAVAILABLE, "the watch ended with " + code);
        }
        default -> throw Json.wrong("a watch event", "one of an unknown type");
      }
      version = version(object);
      lookout.tell(slices.endpoints());
      return true;
    }

    private static String version(JsonObject object) {
      String version = Json.text(Json.object(object, "metadata"), "resourceVersion");
      if (version.isEmpty()) {
        throw Json.wrong("a resourceVersion", "none");
      }
      return version;
    }
  }

  private static void expect(int status) {
    if (status == 401 || status == 403) {
      throw Failure.of(
          Code.PERMISSION_DENIED,
          "the API server answers "
              + status
              + "; the service account must be allowed to list and watch endpointslices");
    }
    if (status != 200) {
      throw Failure.of(Code.UNAVAILABLE, "the API server answers " + status);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
