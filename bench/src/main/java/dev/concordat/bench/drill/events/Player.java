package dev.concordat.bench.drill.events;

import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.bench.books.v1.BooksOwner;
import dev.concordat.bench.drill.Postgres;
import dev.concordat.bench.till.v1.TillOwner;
import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.events.Events;
import dev.concordat.events.EventsOptions;
import dev.concordat.events.log.Broker;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/// A role at work, in this process.
///
/// Threads: one.
final class Player implements AutoCloseable {
  private static final Duration GRACE = Duration.ofSeconds(10);
  private static final int CONNECTIONS = 12;
  private static final int PUBLISHERS = 2;

  private final HikariDataSource pool;
  private final OpenLog log;
  private final Ending ending;
  private final Background others = new Background("others");

  private Player(HikariDataSource pool, OpenLog log, Ending ending) {
    this.pool = pool;
    this.log = log;
    this.ending = ending;
  }

  private interface Ending {
    boolean end();
  }

  /// Begins.
  ///
  /// @param seed its own
  static Player start(Scene scene, Role role, Clock clock, long seed) {
    boolean till = role == Role.PUBLISHER || role == Role.SEQUENCER;
    String database = scene.server().url(till ? Scene.TILL : Scene.BOOKS);
    HikariDataSource pool = OpenLog.pool(database, CONNECTIONS);
    try {
      OpenLog log = OpenLog.at(scene.log());
      try {
        EventsOptions options = EventsOptions.DEFAULT.withLease(scene.lease()).withClock(clock);
        DataSource tampered = Tampering.of(pool, Postgres.source(database), scene.flaw());
        Ending ending =
            switch (role) {
              case PUBLISHER ->
                  sell(
                      Events.open(TillOwner.OWNER, tampered, log.broker(), options),
                      new Selling.Means(pool, log.broker(), scene.flaw()),
                      scene.rate() / PUBLISHERS,
                      seed);
              case SEQUENCER -> {
                Broker broker =
                    scene.flaw() == Flaw.NEW_NUMBERS
                        ? new ForgetfulLog(log.broker())
                        : log.broker();
                yield run(Events.open(TillOwner.OWNER, tampered, broker, options));
              }
              case CONSUMER, WORKER, RUNNER ->
                  keep(
                      Events.open(BooksOwner.OWNER, tampered, log.broker(), options),
                      pool,
                      role,
                      scene.flaw());
            };
        return new Player(pool, log, ending);
      } catch (RuntimeException e) {
        log.close();
        throw e;
      }
    } catch (RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  private static Ending sell(Events<TillOwner> events, Selling.Means means, int rate, long seed) {
    Selling selling = new Selling(events, means);
    selling.start(rate, seed);
    return () -> {
      selling.stop(GRACE);
      events.close();
      return true;
    };
  }

  private static Ending keep(Events<BooksOwner> events, DataSource pool, Role role, Flaw flaw) {
    Keeping keeping = new Keeping(events, pool, flaw);
    if (role == Role.CONSUMER) {
      keeping.subscribe();
    } else if (role == Role.WORKER) {
      keeping.work();
    }
    Ending ending = run(events);
    return () -> {
      boolean clean = ending.end();
      keeping.close();
      return clean;
    };
  }

  private static Ending run(Events<?> events) {
    events.start();
    return () -> events.stop(GRACE);
  }

  /// Takes all connections of the pool for a while; returns at once.
  void exhaust(Duration length) {
    for (int i = 0; i < CONNECTIONS; i++) {
      others.start("exhaust", () -> keepOne(length));
    }
  }

  private void keepOne(Duration length) {
    try (Connection _ = pool.getConnection()) {
      Clock.SYSTEM.sleep(length);
    } catch (SQLException e) {
      System.err.println("one connection was not to be had: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Ends as on SIGTERM.
  ///
  /// @return whether what was under way came to its end
  boolean stop() {
    boolean clean = ending.end();
    close();
    return clean;
  }

  /// Ends about as on SIGKILL: from here on it can do nothing, not even say that it goes.
  void vanish() {
    pool.close();
    log.close();
    boolean _ = ending.end();
  }

  @Override
  public void close() {
    others.close();
    log.close();
    pool.close();
  }
}
