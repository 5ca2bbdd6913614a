package dev.concordat.edge;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What a client sends and what it wants to have.
///
/// Source: RFC 9110 §8.3, §12.5.1.
final class MediaTypes {
  static final String JSON = "application/json";
  static final String NDJSON = "application/x-ndjson";
  static final String EVENTS = "text/event-stream";

  private MediaTypes() {}

  /// Whether this `Content-Type` is JSON in UTF-8.
  static boolean isJson(String contentType) {
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", -1);
    if (!parts[0].strip().equals(JSON)) {
      return false;
    }
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].replace("\"", "").strip();
      boolean charset = parameter.startsWith("charset=");
      if (charset && !parameter.equals("charset=utf-8")) {
        return false;
      }
    }
    return true;
  }

  /// The offer that the client likes best; of equals the first. Everything goes without `Accept`.
  static Optional<String> choose(List<String> accept, List<String> offers) {
    if (accept.isEmpty()) {
      return Optional.of(offers.getFirst());
    }
    List<String> ranges =
        accept.stream().flatMap(value -> List.of(value.split(",")).stream()).toList();
    String best = "";
    double most = 0;
    for (String offer : offers) {
      double liked = quality(offer, ranges);
      if (liked > most) {
        most = liked;
        best = offer;
      }
    }
    return best.isEmpty() ? Optional.empty() : Optional.of(best);
  }

  private static double quality(String offer, List<String> ranges) {
    String kind = offer.substring(0, offer.indexOf('/') + 1);
    int closest = -1;
    double quality = 0;
    for (String range : ranges) {
      String[] parts = range.toLowerCase(Locale.ROOT).split(";");
      String type = parts[0].strip();
      int close =
          type.equals(offer) ? 2 : type.equals(kind + "*") ? 1 : type.equals("*/*") ? 0 : -1;
      if (close > closest) {
        closest = close;
        quality = weight(parts);
      }
    }
    return quality;
  }

  private static double weight(String[] parts) {
    for (int i = 1; i < parts.length; i++) {
      String parameter = parts[i].strip();
      if (parameter.startsWith("q=")) {
        try {
          return Double.parseDouble(parameter.substring(2));
        } catch (NumberFormatException e) {
          return 0;
        }
      }
    }
    return 1;
  }
}
