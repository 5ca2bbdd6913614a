package dev.concordat.calls;

import dev.concordat.calls.balance.Standing;
import dev.concordat.calls.discovery.Resolver;
import dev.concordat.calls.record.Records;
import dev.concordat.contract.Caller;
import dev.concordat.contract.ClientFactory;
import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Asks other services. One for each process or service; clients made here share connections and
/// retry budgets.
///
/// Every call takes deadline, trace, priority and idempotency key from `Context.current()` and goes
/// through the steps of `ClientSteps`. It blocks the calling (virtual) thread; interrupting that
/// thread, or cancelling its context, cancels the call.
///
/// Threads: safe for many.
///
/// Failure: calls throw [dev.concordat.core.Failure].
///
/// Guarantee: no call without a deadline; a call that is neither safe, idempotent nor keyed reaches
/// a service at most once; retries add at most their budget to a target's load.
public final class Calls implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(5);

  private final CallsOptions options;
  private final Records records;
  private final Background threads = new Background("calls");
  private final Map<String, Asked> asked = new ConcurrentHashMap<>();

  private Calls(CallsOptions options) {
    this.options = options;
    this.records = new Records(options.resilience().remembered(), options.clock());
  }

  /// Calls with these options. A service is looked up, and its first instances connected to, when
  /// the first client of it is made.
  public static Calls open(CallsOptions options) {
    return new Calls(options);
  }

  /// Calls with the default options.
  ///
  /// @param caller the owner name that the calls are made in
  public static Calls open(String caller, Resolver resolver) {
    return open(CallsOptions.of(caller, resolver));
  }

  /// A generated client, for example `calls.client(OrdersClient.FACTORY)`. The service is found
  /// under its owner's name.
  ///
  /// @throws IllegalArgumentException when the transport cannot carry one of its methods
  public <C> C client(ClientFactory<C> factory) {
    options.transport().admit(factory.methods());
    return factory.create().apply(caller(factory.owner()));
  }

  /// What generated clients stand on; with methods made from descriptors and `DynamicMessage` it
  /// calls any service.
  ///
  /// @param service the name under which instances are found, usually the owner's
  public Caller caller(String service) {
    return asked(service).caller();
  }

  /// Calls in bytes.
  ///
  /// @param service the name under which instances are found, usually the owner's
  public RawCaller rawCaller(String service) {
    return asked(service).caller();
  }

  /// How the instances of every service stand that was asked so far, by the service's name.
  public Map<String, List<Standing>> targets() {
    Map<String, List<Standing>> all = new TreeMap<>();
    asked.forEach((service, one) -> all.put(service, one.target().standings()));
    return all;
  }

  /// Waits until an instance of every service that clients were made of has been found, connected
  /// to and has said that it takes calls: from then on a first call takes no longer than others.
  ///
  /// @return the services of which none has, after the patience; empty when all are there
  public Set<String> meet(Duration patience) {
    long until = System.nanoTime() + patience.toNanos();
    Set<String> missing = new TreeSet<>();
    try {
      for (Map.Entry<String, Asked> one : asked.entrySet()) {
        Duration left = Duration.ofNanos(Math.max(0, until - System.nanoTime()));
        if (!one.getValue().target().meet(left)) {
          missing.add(one.getKey());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted while looking for " + asked.keySet(), e);
    }
    return missing;
  }

  /// What was decided about the latest calls, and why.
  public Records records() {
    return records;
  }

  /// Takes no new calls, waits 5 seconds at most for those under way, and closes the connections.
  @Override
  public void close() {
    asked.values().forEach(one -> one.target().close());
    try {
      for (Asked one : asked.values()) {
        one.target().drain(GRACE);
      }
    } catch (InterruptedException e) {
      asked.values().forEach(one -> one.target().cut());
      Thread.currentThread().interrupt();
    } finally {
      threads.close();
    }
  }

  private Asked asked(String service) {
    return asked.computeIfAbsent(
        service,
        name -> {
          Target target = new Target(name, options);
          ClientStep chain = ClientSteps.compose(options, target, records, threads);
          return new Asked(target, new ChainCaller(chain, name, options.clock()));
        });
  }

  private record Asked(Target target, ChainCaller caller) {}
}
