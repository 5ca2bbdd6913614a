package dev.concordat.calls.rest;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.wire.Connection;
import dev.concordat.calls.wire.Ending;
import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.contract.Method;
import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/// One address of a REST interface, and the connections to it.
///
/// The JDK's client forgets to close a connection whose answer it cannot parse. So after such an
/// answer there is a new client; the old one lets its calls end and then closes all it has.
final class RestConnection implements Connection {
  private static final String ONE = "application/json";
  private static final String MANY =
      "application/x-ndjson, text/event-stream;q=0.9, application/json;q=0.8";

  private final String base;
  private final RestOptions options;
  private final AnswerReader.Terms terms;
  private final Function<Method<?, ?>, RestMethod> methods;
  private final Told told;
  private volatile HttpClient http;
  private boolean retired;

  RestConnection(
      Endpoint endpoint,
      RestOptions options,
      AnswerReader.Terms terms,
      Function<Method<?, ?>, RestMethod> methods) {
    String host = endpoint.host();
    String shown = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    this.base =
        (options.secure() ? "https://" : "http://")
            + shown
            + ":"
            + endpoint.port()
            + options.basePath();
    if (URI.create(base).getHost() == null) {
      throw new IllegalArgumentException("\"" + host + "\" is no host that a URL can name");
    }
    this.options = options;
    this.terms = terms;
    this.methods = methods;
    this.told = new Told(options.disclosure(), terms.clock(), terms.limits());
    this.http = client(options);
  }

  @Override
  public OngoingCall open(OutgoingCall call, Consumer<Ending> ended) {
    RestMethod.Chosen chosen = methods.apply(call.method()).request(call.request());
    RestRequest request = chosen.request();
    var seen = call.context().observation();
    seen.set("rpc.system", "rest");
    seen.set("http.request.method", request.verb());
    seen.set("url.template", options.basePath() + request.template());
    HttpClient on = http;
    RestCall rest =
        new RestCall(
            call,
            chosen,
            terms,
            ending -> {
              if (Breakage.noHttp(ending)) {
                replace(on);
              }
              ended.accept(ending);
            });
    rest.start(on, http(call, request));
    return rest;
  }

  @Override
  public synchronized void retire() {
    retired = true;
    http.shutdown();
  }

  @Override
  public boolean awaitEnd(Duration patience) throws InterruptedException {
    return http.awaitTermination(patience);
  }

  @Override
  public synchronized void close() {
    retired = true;
    http.shutdownNow();
  }

  private synchronized void replace(HttpClient spoilt) {
    if (spoilt.equals(http) && !retired) {
      http = client(options);
      spoilt.shutdown();
    }
  }

  private HttpRequest http(OutgoingCall call, RestRequest request) {
    HttpRequest.Builder http =
        HttpRequest.newBuilder(URI.create(base + request.target()))
            .method(
                request.verb(),
                request.json().map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody));
    options.headers().of(call.context()).forEach((name, value) -> set(http, name, value));
    set(http, "Accept", call.method().descriptor().isServerStreaming() ? MANY : ONE);
    // A compressed answer could be a bomb, and none of ours is worth it.
    set(http, "Accept-Encoding", "identity");
    request.json().ifPresent(body -> set(http, "Content-Type", "application/json"));
    for (Map.Entry<String, String> header : told.of(call.context()).entrySet()) {
      set(http, header.getKey(), header.getValue());
    }
    return http.build();
  }

  /// Without the value in what is thrown: it may be a secret.
  private static void set(HttpRequest.Builder http, String name, String value) {
    try {
      http.setHeader(name, value);
    } catch (IllegalArgumentException e) {
      assert e.getMessage() != null; // names the value
      throw refused(name);
    }
  }

  private static Failure refused(String name) {
    String shown = name.matches("[A-Za-z0-9-]{1,60}") ? name : "with an unspeakable name";
    return Failure.of(
            Code.INTERNAL,
            "the header "
                + shown
                + " cannot be sent: its name is reserved, or its value has characters that no"
                + " header may have")
        .with(Failure.Details.NONE.withDecidedBy("wire").withReason("HEADER_REFUSED"));
  }

  private static HttpClient client(RestOptions options) {
    HttpOptions http = options.http();
    Background tasks = new Background("rest");
    boolean two = options.secure() && http.http2();
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(two ? HttpClient.Version.HTTP_2 : HttpClient.Version.HTTP_1_1)
            .connectTimeout(http.connectTimeout())
            .followRedirects(http.redirects())
            .proxy(http.proxy().orElse(HttpClient.Builder.NO_PROXY))
            .executor(task -> tasks.start("http", task));
    http.tls().ifPresent(tls -> client.sslContext(tls.get()));
    return client.build();
  }
}
