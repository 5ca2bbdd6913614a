package dev.concordat.calls.rest;

/// How a REST interface is spoken with. The defaults are those for another company.
///
/// @param secure whether over TLS
/// @param basePath what stands before every path of the contract, for example `/api/v2`; default
///   nothing
/// @param http how connections are made; defaults as in [HttpOptions]
/// @param disclosure what of our conversation is told to them; default [Disclosure#FOREIGN]
/// @param headers what each request carries besides, credentials above all; default nothing
/// @param errors what their own error bodies mean; default [ForeignErrors#NONE]
/// @param json how they spell JSON; default [JsonStyle#CANONICAL]
public record RestOptions(
    boolean secure,
    String basePath,
    HttpOptions http,
    Disclosure disclosure,
    RequestHeaders headers,
    ForeignErrors errors,
    JsonStyle json) {
  /// Checks the base path.
  public RestOptions {
    if (!basePath.matches("(/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*")) {
      throw new IllegalArgumentException(
          "a base path begins with a slash and does not end with one, got \"" + basePath + "\"");
    }
  }

  /// HTTP/1.1 without TLS.
  public static RestOptions plaintext() {
    return defaults(false);
  }

  /// TLS, with HTTP/2 where it is offered.
  public static RestOptions https() {
    return defaults(true);
  }

  private static RestOptions defaults(boolean secure) {
    return new RestOptions(
        secure,
        "",
        HttpOptions.DEFAULT,
        Disclosure.FOREIGN,
        RequestHeaders.NONE,
        ForeignErrors.NONE,
        JsonStyle.CANONICAL);
  }

  /// The same below a path.
  public RestOptions withBasePath(String basePath) {
    return new RestOptions(secure, basePath, http, disclosure, headers, errors, json);
  }

  /// The same with other connections.
  public RestOptions withHttp(HttpOptions http) {
    return new RestOptions(secure, basePath, http, disclosure, headers, errors, json);
  }

  /// The same telling them more or less of our conversation.
  public RestOptions withDisclosure(Disclosure disclosure) {
    return new RestOptions(secure, basePath, http, disclosure, headers, errors, json);
  }

  /// The same with other headers.
  public RestOptions withHeaders(RequestHeaders headers) {
    return new RestOptions(secure, basePath, http, disclosure, headers, errors, json);
  }

  /// The same with their own error bodies understood.
  public RestOptions withErrors(ForeignErrors errors) {
    return new RestOptions(secure, basePath, http, disclosure, headers, errors, json);
  }

  /// The same in another spelling.
  public RestOptions withJson(JsonStyle json) {
    return new RestOptions(secure, basePath, http, disclosure, headers, errors, json);
  }
}
