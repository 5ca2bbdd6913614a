package dev.concordat.edge;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.util.ArrayList;
import java.util.List;

/// The path of a request, taken apart before anything is decided by it. What two readers could
/// understand in two ways is refused: dot segments, empty segments, path parameters, backslashes,
/// encoded slashes and control characters, in whatever disguise.
///
/// @param segments decoded
/// @param verb what follows the last unencoded colon of the last segment, undecoded; empty when
///   nothing does
record RequestPath(List<String> segments, String verb) {
  private static final int MAX_SEGMENTS = 64;

  /// RFC 3986, less the semicolon that begins a path parameter.
  private static final String ALLOWED = "-._~!$&'()*+,=:@%/";

  RequestPath {
    segments = List.copyOf(segments);
  }

  /// @param raw the path as it came, without the query
  static RequestPath parse(String raw) {
    if (!raw.startsWith("/")) {
      throw refused("the path must begin with '/'");
    }
    if (raw.length() == 1) {
      return new RequestPath(List.of(), "");
    }
    for (int i = 0; i < raw.length(); i++) {
      if (!allowed(raw.charAt(i))) {
        throw refused("the path has a character that must be percent-encoded");
      }
    }
    String[] parts = raw.substring(1).split("/", -1);
    if (parts.length > MAX_SEGMENTS) {
      throw refused("the path has more than " + MAX_SEGMENTS + " segments");
    }
    String verb = "";
    int last = parts.length - 1;
    int colon = parts[last].lastIndexOf(':');
    if (colon > 0) {
      verb = parts[last].substring(colon + 1);
      parts[last] = parts[last].substring(0, colon);
    }
    List<String> segments = new ArrayList<>(parts.length);
    for (int i = 0; i < parts.length; i++) {
      if (parts[i].isEmpty() && i < last) {
        throw refused("the path has an empty segment ('//')");
      }
      segments.add(segment(parts[i]));
    }
    return new RequestPath(segments, verb);
  }

  private static boolean allowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || ALLOWED.indexOf(c) >= 0;
  }

  private static String segment(String raw) {
    String decoded = Percent.decode(raw, false, "the path");
    if (decoded.equals(".") || decoded.equals("..")) {
      throw refused("the path has a segment '" + decoded + "'");
    }
    if (decoded.indexOf('/') >= 0) {
      throw refused("the path has an encoded '/'");
    }
    for (int i = 0; i < decoded.length(); i++) {
      if (Character.isISOControl(decoded.charAt(i))) {
        throw refused("the path has a control character");
      }
    }
    return decoded;
  }

  static Failure refused(String why) {
    return Failure.of(Code.INVALID_ARGUMENT, why)
        .with(Failure.Details.NONE.withDecidedBy("edge").withReason("PATH_INVALID"));
  }
}
