package dev.concordat.calls.discovery;

import com.google.gson.JsonObject;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The EndpointSlices of one service, as the API server last told them.
///
/// Source:
/// [EndpointSlices](https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/),
/// [API](https://kubernetes.io/docs/reference/kubernetes-api/service-resources/endpoint-slice-v1/).
final class EndpointSlices {
  /// For which zones the instance is meant, when the cluster routes by topology.
  static final String FOR_ZONES = "for-zones";

  private final String port;
  private final Map<String, Slice> slices = new TreeMap<>();

  /// @param port name of the wanted port; empty for `grpc`, or the only one
  EndpointSlices(String port) {
    this.port = port;
  }

  void become(List<JsonObject> all) {
    slices.clear();
    all.forEach(this::put);
  }

  void put(JsonObject slice) {
    slices.put(name(slice), read(slice));
  }

  void remove(JsonObject slice) {
    slices.remove(name(slice));
  }

  /// Those that are ready. When none is, those that still serve while they end, as kube-proxy does:
  /// better than nobody.
  List<Endpoint> endpoints() {
    List<Slice> family = family();
    List<Endpoint> ready = new ArrayList<>();
    List<Endpoint> ending = new ArrayList<>();
    family.forEach(slice -> {
      ready.addAll(slice.ready());
      ending.addAll(slice.ending());
    });
    return ready.isEmpty() ? ending : ready;
  }

  /// A service with two address families has every pod twice.
  private List<Slice> family() {
    for (String family : List.of("IPv4", "IPv6")) {
      List<Slice> of = slices.values().stream().filter(s -> s.family().equals(family)).toList();
      if (of.stream().anyMatch(slice -> !slice.ready().isEmpty() || !slice.ending().isEmpty())) {
        return of;
      }
    }
    return List.copyOf(slices.values());
  }

  private static String name(JsonObject slice) {
    String name = Json.text(Json.object(slice, "metadata"), "name");
    if (name.isEmpty()) {
      throw Json.wrong("an EndpointSlice with a name", "none");
    }
    return name;
  }

  private Slice read(JsonObject slice) {
    List<Endpoint> ready = new ArrayList<>();
    List<Endpoint> ending = new ArrayList<>();
    List<JsonObject> endpoints = Json.objects(slice, "endpoints");
    if (!endpoints.isEmpty()) {
      int number = port(Json.objects(slice, "ports"));
      for (JsonObject one : endpoints) {
        JsonObject conditions = Json.object(one, "conditions");
        // What is not said of readiness counts as ready, so the specification.
        if (Json.flag(conditions, "ready").orElse(true)) {
          ready.add(endpoint(one, number));
        } else if (Json.flag(conditions, "serving").orElse(false)
            && Json.flag(conditions, "terminating").orElse(false)) {
          ending.add(endpoint(one, number));
        }
      }
    }
    return new Slice(Json.text(slice, "addressType"), ready, ending);
  }

  private int port(List<JsonObject> ports) {
    List<JsonObject> tcp =
        ports.stream()
            .filter(each -> List.of("", "TCP").contains(Json.text(each, "protocol")))
            .toList();
    String wanted = port.isEmpty() ? "grpc" : port;
    for (JsonObject each : tcp) {
      if (Json.text(each, "name").equals(wanted)) {
        return number(each);
      }
    }
    if (port.isEmpty() && tcp.size() == 1) {
      return number(tcp.getFirst());
    }
    throw Failure.of(
        Code.FAILED_PRECONDITION,
        "the service has no port called "
            + wanted
            + " but "
            + tcp.stream().map(each -> Json.text(each, "name")).toList()
            + "; say which to call");
  }

  private static int number(JsonObject port) {
    int number = Json.number(port, "port");
    if (number < 1 || number > 65_535) {
      throw Json.wrong("a port", Integer.toString(number));
    }
    return number;
  }

  /// The addresses of one endpoint are interchangeable, so the specification: the first will do.
  private static Endpoint endpoint(JsonObject one, int port) {
    List<String> addresses = Json.texts(one, "addresses");
    if (addresses.isEmpty() || addresses.getFirst().isBlank()) {
      throw Json.wrong("an endpoint with an address", "none");
    }
    Map<String, String> attributes = new HashMap<>();
    put(attributes, Endpoint.ZONE, Json.text(one, "zone"));
    put(attributes, "node", Json.text(one, "nodeName"));
    put(attributes, "pod", Json.text(Json.object(one, "targetRef"), "name"));
    put(
        attributes,
        FOR_ZONES,
        String.join(
            ",",
            Json.objects(Json.object(one, "hints"), "forZones").stream()
                .map(zone -> Json.text(zone, "name"))
                .toList()));
    return new Endpoint(addresses.getFirst(), port, attributes);
  }

  private static void put(Map<String, String> attributes, String name, String value) {
    if (!value.isEmpty()) {
      attributes.put(name, value);
    }
  }

  private record Slice(String family, List<Endpoint> ready, List<Endpoint> ending) {}
}
