package dev.concordat.events.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import dev.concordat.events.Await;
import dev.concordat.events.Bank;
import dev.concordat.events.Dead;
import dev.concordat.events.Events;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.bank.v1.Booked;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What fails around a handler, where nobody knows what became of the message.
class UnforeseenTest {
  private final Bank bank = new Bank();

  @AfterEach
  void close() {
    bank.close();
  }

  @Test
  void isBegunAgainFromTheCursorInOrder() {
    bank.open("one", "two");
    Breaking observer = new Breaking();
    Events<BankOwner> events = bank.process(Bank.options().withObserver(observer));
    events.subscribe(
        Booked.class,
        "all",
        (event, tx) -> {
          if (event.getAccount().equals("one") && !observer.broken.get()) {
            throw Dead.because("so that this is counted");
          }
          Bank.effect(tx.connection(), "all", event);
        });
    for (int i = 0; i < 5; i++) {
      Bank.book(events, "one");
      Bank.book(events, "two");
    }
    events.start();

    Await.until("all are applied", () -> bank.effects() == 10);
    assertThat(observer.broken).isTrue();
    assertThat(bank.verify("all")).isEqualTo(Bank.Verification.CLEAN);
  }

  /// Has no memory when a verdict is counted, once.
  private static final class Breaking implements Observer {
    private final AtomicBoolean broken = new AtomicBoolean();

    @Override
    public Observation begin(Activity activity) {
      return Observer.NONE.begin(activity);
    }

    @Override
    public void count(String metric, long by, Map<String, String> attributes) {
      if ("Bury".equals(attributes.get("outcome")) && broken.compareAndSet(false, true)) {
        throw new OutOfMemoryError("of its own making");
      }
    }

    @Override
    public void record(String metric, double value, Map<String, String> attributes) {}

    @Override
    public Runnable gauge(String metric, Map<String, String> attributes, DoubleSupplier value) {
      return () -> {};
    }
  }
}
