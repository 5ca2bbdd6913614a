package dev.concordat.events;

import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Parcel;
import dev.concordat.events.depot.v1.Pick;
import dev.concordat.events.log.NoLog;
import dev.concordat.events.sagas.Saga;
import dev.concordat.events.sagas.SagaType;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/// A process of its own, to be killed in the middle of its work. Writes into the table `inside`
/// when it is there.
final class Victim {
  private static final Parcel NONE = Parcel.getDefaultInstance();

  private Victim() {}

  public static void main(String[] arguments) throws InterruptedException {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(arguments[0]);
    EventsOptions options = EventsOptions.DEFAULT.withLease(Duration.ofSeconds(1));
    var events = Events.open(DepotOwner.OWNER, database, new NoLog(), options);
    switch (arguments[1]) {
      case "task" ->
          events.work(
              Pick.class,
              (task, lease) -> {
                try (var tx = events.begin()) {
                  mark(tx, "pick " + task.getNumber());
                  stay(database);
                  lease.complete(tx);
                  tx.commit();
                }
              });
      case "saga" -> define(events, () -> stay(database));
      default -> throw new IllegalArgumentException(arguments[1]);
    }
    events.start();
    new CountDownLatch(1).await();
  }

  static SagaType<Parcel, Parcel> define(Events<DepotOwner> events, Saga.Doing inTheMiddle) {
    return events
        .sagas()
        .define(
            "checkout",
            NONE,
            NONE,
            (saga, input) -> {
              saga.transact("first", tx -> mark(tx, "first"));
              saga.step("middle", inTheMiddle);
              return saga.conclude(
                  "last",
                  tx -> {
                    mark(tx, "last");
                    return input;
                  });
            });
  }

  static void mark(Transaction<?> tx, String what) throws SQLException {
    try (var insert = tx.connection().prepareStatement("insert into effect values (?)")) {
      insert.setString(1, what);
      insert.executeUpdate();
    }
  }

  private static void stay(DataSource database) throws SQLException, InterruptedException {
    try (var connection = database.getConnection();
        var insert = connection.createStatement()) {
      insert.execute("insert into inside values (1)");
    }
    new CountDownLatch(1).await();
  }
}
