package dev.concordat.events.sagas;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.contract.Owner;
import dev.concordat.core.Background;
import dev.concordat.core.Backoff;
import dev.concordat.core.Context;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import dev.concordat.core.Observation;
import dev.concordat.core.Observer.Activity;
import dev.concordat.core.Observer.Kind;
import dev.concordat.events.JdbcTransaction;
import dev.concordat.events.Parts;
import dev.concordat.events.Transaction;
import dev.concordat.events.log.Headers;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.store.Errors;
import dev.concordat.events.store.SqlFailures;
import dev.concordat.events.tasks.HeldLease;
import dev.concordat.events.tasks.LeaseKeeper;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Runs the sagas of one process: those it starts itself at once, those that others left when their
/// lease has run out.
public final class SagaRunner<O extends Owner> {
  /// Sagas at once in one process.
  static final int CONCURRENCY = 128;

  private static final Logger LOG = System.getLogger("dev.concordat.events");
  private static final Duration FOR_EVER = Duration.ofDays(3_650);
  private static final Duration SHORTEST_POLL = Duration.ofMillis(20);
  private static final Backoff TROUBLE = new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5));

  private final Parts parts;
  private final SagaRun.Place<O> place;
  private final Map<String, Definition<?, ?, O>> types = new ConcurrentHashMap<>();
  private final Map<Long, SagaRun<O>> running = new ConcurrentHashMap<>();
  private final Map<String, Set<Runnable>> waiting = new ConcurrentHashMap<>();
  private final SagaMessages messages = new SagaMessages();
  private final SagaGauges gauges;
  private final SagaPruning pruning;
  private final LeaseKeeper leases;
  private final Semaphore free = new Semaphore(CONCURRENCY);
  private final Signal some = new Signal();
  private final Signal stop = new Signal();
  private final Loop claiming;
  private final Background loop = new Background("claim");
  private final Background runs = new Background("sagas");
  private final Background upkeep = new Background("sagas.upkeep");
  private volatile boolean started;
  private Duration idle = SHORTEST_POLL;

  public SagaRunner(Parts parts, Supplier<Transaction<O>> begin, SagaProbe probe) {
    this.parts = parts;
    this.place = new SagaRun.Place<>(parts, begin, runs::stopping, probe, messages);
    this.gauges = new SagaGauges(parts);
    this.leases =
        new LeaseKeeper(
            parts.database(),
            parts.clock(),
            parts.observer(),
            parts.options().lease(),
            SagaClaims::renew);
    this.pruning = new SagaPruning(parts);
    this.claiming = new Loop("sagas", some, parts.observer(), this::claim);
  }

  /// A type of saga.
  record Definition<I extends Message, R extends Message, O extends Owner>(
      String name, SagaOptions options, I input, R outcome, SagaCode<I, R, O> code) {}

  void define(Definition<?, ?, O> type) {
    if (types.putIfAbsent(type.name(), type) != null) {
      throw new IllegalArgumentException("there are two sagas called \"" + type.name() + "\"");
    }
    messages.add(type.input().getDescriptorForType());
    messages.add(type.outcome().getDescriptorForType());
  }

  SagaMessages messages() {
    return messages;
  }

  Optional<Map.Entry<String, String>> messagesOf(String type) {
    return Optional.ofNullable(types.get(type))
        .map(it ->
            Map.entry(
                it.input().getDescriptorForType().getFullName(),
                it.outcome().getDescriptorForType().getFullName()));
  }

  public void start() {
    if (types.isEmpty()) {
      return;
    }
    started = true;
    gauges.open();
    leases.start(upkeep);
    claiming.start(loop);
  }

  /// Takes no more sagas, lets those that run go on for the grace, and gives back the rest.
  ///
  /// @return whether none was left
  public boolean stop(Duration grace) {
    started = false;
    claiming.stop();
    stop.raise();
    gauges.close();
    var _ = loop.stop(Duration.ofSeconds(5));
    boolean clean = allEnd(grace);
    var _ = runs.stop(Duration.ZERO);
    leases.end();
    var _ = upkeep.stop(Duration.ofSeconds(5));
    return clean;
  }

  public void wake() {
    some.raise();
  }

  /// Writes a saga in the transaction; when that commits, it runs here.
  boolean start(Transaction<?> tx, SagaStart.Order order) {
    String type = order.type();
    boolean here = started && free.availablePermits() > 0 && !isLent(tx);
    Map<String, String> headers = new HashMap<>();
    Context context = Context.current().withoutIdempotencyKey().withAttempt(1).withHedged(false);
    parts.codec().write(context, ContextCodec.carrier(headers));
    var wanted =
        new SagaStart.Wanted(
            type,
            order.id(),
            order.timeout().orElse(definition(type).options().timeout()),
            Headers.write(headers),
            parts.personal().seal(order.input()).toByteString());
    long since = parts.clock().nanos();
    OptionalLong number;
    try {
      number =
          SagaStart.start(
              tx.connection(),
              wanted,
              here ? Optional.of(parts.instance()) : Optional.empty(),
              parts.options().lease());
    } catch (SQLException e) {
      throw SqlFailures.of(e);
    }
    if (number.isPresent()) {
      SagaRow row = row(number.getAsLong(), wanted, headers);
      tx.afterCommit(here ? () -> dispatch(row, since) : this::wake);
    }
    return number.isPresent();
  }

  /// Tells a saga that runs here that it was cancelled.
  void cancelled(String type, String id, String because) {
    running.values().stream()
        .filter(run -> run.row().type().equals(type) && run.row().id().equals(id))
        .forEach(run -> run.cancel(because));
    some.raise();
  }

  /// Calls when the saga has ended in this process.
  ///
  /// @return takes the listener away
  Runnable onEnd(String type, String id, Runnable listener) {
    String key = type + "/" + id;
    waiting.computeIfAbsent(key, any -> ConcurrentHashMap.newKeySet()).add(listener);
    return () ->
        waiting.computeIfPresent(
            key,
            (any, listeners) -> {
              listeners.remove(listener);
              return listeners.isEmpty() ? null : listeners;
            });
  }

  private static boolean isLent(Transaction<?> tx) {
    return tx instanceof JdbcTransaction<?> ours && ours.lent();
  }

  private static SagaRow row(long number, SagaStart.Wanted wanted, Map<String, String> headers) {
    return new SagaRow(
        number,
        1,
        wanted.type(),
        wanted.id(),
        0,
        wanted.timeout(),
        Optional.empty(),
        SagaRow.Past.NONE,
        headers,
        wanted.input());
  }

  private Definition<?, ?, O> definition(String type) {
    Definition<?, ?, O> definition = types.get(type);
    if (definition == null) {
      throw new IllegalArgumentException("there is no saga called \"" + type + "\" here");
    }
    return definition;
  }

  private Duration claim(boolean woken) {
    if (round()) {
      idle = SHORTEST_POLL;
      return Duration.ZERO;
    }
    Duration wait = woken ? SHORTEST_POLL : idle;
    Duration longer = wait.multipliedBy(2);
    Duration most = parts.options().poll();
    idle = longer.compareTo(most) < 0 ? longer : most;
    return wait;
  }

  private boolean round() {
    pruning.prune(types.values());
    gauges.read();
    int wanted = free.availablePermits();
    if (wanted == 0) {
      return false;
    }
    long since = parts.clock().nanos();
    List<SagaRow> rows =
        parts
            .database()
            .transact(c ->
                SagaClaims.claim(
                    c, types.keySet(), wanted, parts.instance(), parts.options().lease()));
    rows.forEach(row -> dispatch(row, since));
    return !rows.isEmpty();
  }

  private void dispatch(SagaRow row, long since) {
    HeldLease lease = leases.hold(row.number(), row.token(), since, FOR_EVER);
    try {
      Context.root()
          .run(() -> {
            var _ = runs.start("saga", () -> inTurn(row, lease));
          });
    } catch (Failure stopping) {
      leases.drop(lease);
      giveBack(row, Duration.ZERO);
    }
  }

  private void inTurn(SagaRow row, HeldLease lease) {
    free.acquireUninterruptibly();
    try {
      run(row, lease, definition(row.type()));
    } finally {
      leases.drop(lease);
      free.release();
      some.raise();
    }
  }

  private <I extends Message> void run(
      SagaRow row, HeldLease lease, Definition<I, ?, O> definition) {
    SagaRun<O> run = new SagaRun<>(place, row, definition.options(), lease);
    running.put(row.number(), run);
    try (Observation observation = observe(row)) {
      try {
        I input = input(definition.input(), row);
        observation
            .context()
            .withObservation(observation)
            .run(() -> run.run(saga -> definition.code().run(saga, input)));
        ended(row);
      } catch (SagaInterrupted e) {
        observation.event("concordat.saga.interrupted", Map.of("why", e.why().toString()));
        if (e.getCause() instanceof Error error) {
          LOG.log(
              Level.WARNING,
              "saga {0}/{1} goes on later: {2}",
              row.type(),
              row.id(),
              Errors.text(error));
        }
        interrupted(row, e.why());
      }
    } finally {
      running.remove(row.number(), run);
    }
  }

  private void interrupted(SagaRow row, SagaInterrupted.Why why) {
    switch (why) {
      case SagaInterrupted.Why.Lost() -> {}
      case SagaInterrupted.Why.GivenBack() ->
          giveBack(row, TROUBLE.after(1, ThreadLocalRandom.current()));
      case SagaInterrupted.Why.Waiting(Duration delay) -> wakeAfter(delay);
      case SagaInterrupted.Why.Stuck(String because) -> {
        parts.observer().count("concordat.sagas.stuck", 1, Map.of("saga", row.type()));
        try {
          var _ = parts.database().transact(c -> SagaRecord.stuck(c, row, because));
        } catch (Failure | Error e) {
          // The lease runs out, and the next run finds the same.
          parts.observer().count("concordat.sagas.trouble", 1, Map.of());
        }
      }
    }
  }

  private void giveBack(SagaRow row, Duration delay) {
    var _ = Thread.interrupted();
    try {
      var _ = parts.database().transact(c -> SagaRecord.giveBack(c, row, delay, row.tries()));
      wakeAfter(delay);
    } catch (Failure | Error e) {
      // The lease runs out, and somebody takes the saga then.
      parts.observer().count("concordat.sagas.trouble", 1, Map.of());
    }
  }

  private void wakeAfter(Duration delay) {
    if (delay.compareTo(parts.options().poll()) < 0 && !loop.stopping()) {
      try {
        var _ =
            loop.start(
                "timer",
                () -> {
                  rest(delay);
                  some.raise();
                });
      } catch (Failure stopping) {
        some.raise();
      }
    }
  }

  private void ended(SagaRow row) {
    Set<Runnable> listeners = waiting.get(row.type() + "/" + row.id());
    if (listeners != null) {
      listeners.forEach(Runnable::run);
    }
  }

  private Observation observe(SagaRow row) {
    Context sent = parts.codec().read(ContextCodec.carrier(new HashMap<>(row.headers())));
    return parts
        .observer()
        .begin(
            new Activity(
                Kind.INTERNAL,
                "saga " + row.type(),
                sent,
                Map.of(
                    "concordat.key", row.id(),
                    "concordat.saga.resumed", Boolean.toString(row.token() > 1))));
  }

  @SuppressWarnings("unchecked")
  private <I extends Message> I input(I prototype, SagaRow row) {
    try {
      return (I)
          SagaReading.open(parts.personal(), prototype.getParserForType().parseFrom(row.input()));
    } catch (InvalidProtocolBufferException e) {
      throw new SagaInterrupted(
          new SagaInterrupted.Why.Stuck("the input cannot be read: " + e.getMessage()), e);
    }
  }

  private boolean allEnd(Duration grace) {
    try {
      boolean all = free.tryAcquire(CONCURRENCY, grace.toNanos(), TimeUnit.NANOSECONDS);
      free.release(all ? CONCURRENCY : 0);
      return all;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private void rest(Duration delay) {
    try {
      var _ = stop.await(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
