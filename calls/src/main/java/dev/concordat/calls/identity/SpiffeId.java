package dev.concordat.calls.identity;

import java.util.regex.Pattern;

/// The name in a certificate: `spiffe://TRUST-DOMAIN/…/SERVICE`. The last part of the path is the
/// service's owner name, for example `orders` of `spiffe://shop.example/prod/orders`.
///
/// Source: [SPIFFE-ID](https://github.com/spiffe/spiffe/blob/main/standards/SPIFFE-ID.md).
///
/// @param trustDomain lower case letters, digits, `.`, `-` and `_`; at most 255 characters
/// @param path begins with `/`, does not end with one; no empty, `.` or `..` part
public record SpiffeId(String trustDomain, String path) {
  private static final String SCHEME = "spiffe://";
  private static final int LONGEST = 2_048;
  private static final Pattern DOMAIN = Pattern.compile("[a-z0-9._-]{1,255}");
  private static final Pattern PATH = Pattern.compile("(/(?!\\.{1,2}(/|$))[A-Za-z0-9._-]+)+");

  /// Checks both.
  public SpiffeId {
    if (!DOMAIN.matcher(trustDomain).matches()
        || path.length() > LONGEST
        || !PATH.matcher(path).matches()) {
      throw new IllegalArgumentException(
          "a SPIFFE id is spiffe://TRUST-DOMAIN/PATH, got " + SCHEME + shown(trustDomain + path));
    }
  }

  /// The id of a service that has no further path: `spiffe://TRUST-DOMAIN/SERVICE`.
  public static SpiffeId of(String trustDomain, String service) {
    return new SpiffeId(trustDomain, "/" + service);
  }

  /// Reads `spiffe://…`.
  ///
  /// @throws IllegalArgumentException when it is none
  public static SpiffeId parse(String text) {
    int slash = text.indexOf('/', SCHEME.length());
    if (text.length() > LONGEST || !text.startsWith(SCHEME) || slash < 0) {
      throw new IllegalArgumentException(
          "a SPIFFE id is spiffe://TRUST-DOMAIN/PATH, got " + shown(text));
    }
    return new SpiffeId(text.substring(SCHEME.length(), slash), text.substring(slash));
  }

  /// The owner name that it stands for: the last part of the path.
  public String service() {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// `spiffe://TRUST-DOMAIN/PATH`.
  @Override
  public String toString() {
    return SCHEME + trustDomain + path;
  }

  /// A stranger's text, fit for a log.
  private static String shown(String text) {
    String cut = text.length() <= 200 ? text : text.substring(0, 200) + "…";
    return cut.replaceAll("[^ -~…]", "?");
  }
}
