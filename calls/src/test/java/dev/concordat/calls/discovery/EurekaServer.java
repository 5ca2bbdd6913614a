package dev.concordat.calls.discovery;

import com.netflix.config.ConfigurationManager;
import com.netflix.discovery.provider.DiscoveryJerseyProvider;
import com.netflix.eureka.Jersey3EurekaBootStrap;
import com.netflix.eureka.resources.EurekaServerContextBinder;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import org.glassfish.jersey.jdkhttp.JdkHttpServerFactory;
import org.glassfish.jersey.server.ResourceConfig;

/// Netflix's own Eureka server, one for all tests of the JVM. It answers without the cache that it
/// has besides, so that tests need not wait for that.
final class EurekaServer extends Jersey3EurekaBootStrap {
  private static final int PORT = start();

  private EurekaServer() {}

  static int port() {
    return PORT;
  }

  private static int start() {
    Map.of(
            "eureka.registration.enabled", "false",
            "eureka.shouldFetchRegistry", "false",
            "eureka.name", "eureka",
            "eureka.region", "default",
            "eureka.serviceUrl.default", "http://127.0.0.1:1/eureka/",
            "eureka.shouldUseReadOnlyResponseCache", "false",
            "eureka.waitTimeInMsWhenSyncEmpty", "0",
            "eureka.numberRegistrySyncRetries", "0",
            "eureka.enableSelfPreservation", "false",
            "eureka.responseCacheAutoExpirationInSeconds", "1")
        .forEach(ConfigurationManager.getConfigInstance()::setProperty);
    EurekaServer server = new EurekaServer();
    try {
      server.initEurekaEnvironment();
      server.initEurekaServerContext();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    HttpServer http =
        JdkHttpServerFactory.createHttpServer(
            URI.create("http://127.0.0.1:0/"),
            new ResourceConfig()
                .packages("com.netflix.eureka.resources")
                .register(new EurekaServerContextBinder())
                .register(DiscoveryJerseyProvider.class));
    answered(http.getAddress().getPort());
    return http.getAddress().getPort();
  }

  /// Its first answer takes seconds, which no test is to wait for.
  private static void answered(int port) {
    try (HttpClient client = HttpClient.newHttpClient()) {
      client.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/eureka/apps"))
              .header("accept", "application/json")
              .build(),
          HttpResponse.BodyHandlers.discarding());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
