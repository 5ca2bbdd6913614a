package dev.concordat.events.schedules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.events.Await;
import dev.concordat.events.Depot;
import dev.concordat.events.Events;
import dev.concordat.events.depot.v1.DepotOwner;
import dev.concordat.events.depot.v1.Pick;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private final Depot depot = new Depot();

  @AfterEach
  void close() {
    depot.close();
  }

  @Test
  void firesOnceHoweverManyProcessesLook() {
    List<Events<DepotOwner>> processes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      processes.add(process("0 3 * * *", ZoneOffset.UTC, Missed.ONCE));
    }
    processes.forEach(Events::start);
    Await.until("defined", () -> depot.number("select count(*) from concordat.schedule") == 1);

    for (int time = 1; time <= 5; time++) {
      int expected = time;
      due("1 s");
      Await.until("asked for", () -> depot.tasks() == expected && nothingDue());
    }
    assertThat(depot.tasks()).isEqualTo(5);
  }

  @Test
  void manyMissedTimesAreMadeUpForOnce() {
    var process = process("*/5 * * * *", ZoneOffset.UTC, Missed.ONCE);
    var _ = process.schedules().look();
    due("3 days");

    var _ = process.schedules().look();
    var _ = process.schedules().look();
    assertThat(depot.tasks()).isEqualTo(1);
    assertThat(nothingDue()).isTrue();
  }

  @Test
  void missedTimesCanBeLeftOut() {
    var process = process("*/5 * * * *", ZoneOffset.UTC, Missed.NONE);
    var _ = process.schedules().look();
    due("3 days");
    var _ = process.schedules().look();
    assertThat(depot.tasks()).isZero();
    assertThat(nothingDue()).isTrue();

    due("1 s");
    var _ = process.schedules().look();
    assertThat(depot.tasks()).as("a second is not missed").isEqualTo(1);
  }

  @Test
  void whatIsPausedAsksForNothingAndMakesUpForNothingAfterwards() {
    var process = process("*/5 * * * *", ZoneOffset.UTC, Missed.ONCE);
    var _ = process.schedules().look();
    assertThat(process.schedules().pause("nightly", "ada", "stocktaking")).isTrue();
    assertThat(process.schedules().pause("nightly", "bob", "")).as("already").isFalse();
    due("1 s");
    var _ = process.schedules().look();
    assertThat(depot.tasks()).isZero();
    assertThat(nothingDue()).as("its time has passed").isTrue();
    assertThat(process.schedules().list())
        .singleElement()
        .satisfies(view -> assertThat(view.pause().orElseThrow().by()).isEqualTo("ada"));
    assertThat(process.schedules().run("nightly")).as("by hand").isPresent();

    assertThat(process.schedules().resume("nightly")).isTrue();
    assertThat(process.schedules().resume("nightly")).as("already").isFalse();
    var _ = process.schedules().look();
    assertThat(depot.tasks()).as("only the one by hand").isEqualTo(1);
    due("1 s");
    var _ = process.schedules().look();
    assertThat(depot.tasks()).isEqualTo(2);
  }

  @Test
  void aClockSetBackAsksForNothingTwice() {
    var process = process("0 3 * * *", ZoneOffset.UTC, Missed.ONCE);
    var _ = process.schedules().look();
    due("1 s");
    var _ = process.schedules().look();
    // As if an hour had been taken back: the next time lies further ahead than a day.
    depot.execute("update concordat.schedule set next_at = next_at + interval '1 hour'");
    var _ = process.schedules().look();
    assertThat(depot.tasks()).isEqualTo(1);
  }

  @Test
  void whatIsWrittenOtherwiseBeginsAnew() {
    var old = process("0 3 * * *", ZoneOffset.UTC, Missed.ONCE);
    var _ = old.schedules().look();
    due("1 s");
    var changed = process("0 4 * * *", ZoneId.of("Asia/Tokyo"), Missed.ONCE);
    var _ = changed.schedules().look();

    assertThat(depot.tasks()).as("the old time is gone").isZero();
    assertThat(changed.schedules().list())
        .singleElement()
        .satisfies(view -> {
          assertThat(view.cron()).isEqualTo("0 4 * * *");
          assertThat(view.zone()).isEqualTo("Asia/Tokyo");
          assertThat(view.queue()).isEqualTo("depot.v1.Pick");
          assertThat(view.last()).isEmpty();
        });
  }

  private Events<DepotOwner> process(String cron, ZoneId zone, Missed missed) {
    var process = depot.process();
    process
        .schedules()
        .define(
            "nightly",
            Pick.class,
            Cron.of(cron, zone),
            missed,
            () -> Pick.newBuilder().setNumber(1).build());
    return process;
  }

  private void due(String ago) {
    depot.execute("update concordat.schedule set next_at = now() - interval '" + ago + "'");
  }

  private boolean nothingDue() {
    return depot.number("select count(*) from concordat.schedule where next_at <= now()") == 0;
  }
}
