package dev.concordat.calls.rest;

import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.wire.Connection;
import dev.concordat.calls.wire.Transport;
import dev.concordat.contract.Method;
import dev.concordat.core.Clock;
import dev.concordat.core.Limits;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Calls over HTTP and JSON, as the contract's `google.api.http` rules map them: unary ones, and
/// server streams as lines, events or an array.
///
/// ```java
/// Resolver there = StaticResolver.of("paypoint", Endpoint.of("api.paypoint.example", 443));
/// RestOptions rest = RestOptions.https().withHeaders(RequestHeaders.bearer(tokens));
/// Calls calls =
///     Calls.open(CallsOptions.of("payments", there).withTransport(RestTransport.of(rest)));
/// ChargesClient paypoint = calls.client(ChargesClient.FACTORY);
/// ```
///
/// Threads: safe for many.
///
/// Failure: a client with a method that REST cannot carry is refused when it is made. An answer
/// that is not 2xx is a [dev.concordat.core.Failure], see [ForeignErrors]; one that was cut off is
/// `UNAVAILABLE`, and one that is not what the contract says `INTERNAL`.
///
/// Guarantee: an endpoint's host is what stands in the URL, in `Host` and in the TLS name, so it is
/// a name and no address wherever that matters. Nothing compressed is accepted; no answer larger
/// than `Limits.messageBytes` is held. A GET may be sent once more by the JDK's client when a
/// connection that was kept turns out to be dead; nothing else ever is.
public final class RestTransport implements Transport {
  private final RestOptions options;
  private final Map<MethodDescriptor, RestMethod> methods = new ConcurrentHashMap<>();

  private RestTransport(RestOptions options) {
    this.options = options;
  }

  /// REST with these options.
  public static RestTransport of(RestOptions options) {
    return new RestTransport(options);
  }

  @Override
  public void admit(List<Method<?, ?>> methods) {
    methods.forEach(this::method);
  }

  @Override
  public Connection connect(String service, Endpoint endpoint, Clock clock, Limits limits) {
    return new RestConnection(
        endpoint, options, new AnswerReader.Terms(options.errors(), limits, clock), this::method);
  }

  private RestMethod method(Method<?, ?> method) {
    return methods.computeIfAbsent(
        method.descriptor(), descriptor -> new RestMethod(method, options.json()));
  }
}
