package dev.concordat.events;

import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Parcel;
import dev.concordat.events.depot.v1.Pick;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.postgresql.ds.PGSimpleDataSource;

/// A process of its own, to be killed in the middle of its work. Says "inside" when it is there.
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
                  stay();
                  lease.complete(tx);
                  tx.commit();
                }
              });
      case "saga" -> define(events, Victim::stay);
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

  private static void stay() throws InterruptedException {
    System.out.println("inside");
    new CountDownLatch(1).await();
  }
}
