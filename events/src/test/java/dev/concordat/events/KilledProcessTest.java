package dev.concordat.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Clock;
import dev.concordat.core.Deadline;
import dev.concordat.events.depot.v1.Parcel;
import dev.concordat.events.depot.v1.Pick;
import dev.concordat.events.sagas.SagaOutcome.Completed;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/// Real processes, killed with SIGKILL in the middle of their work.
class KilledProcessTest {
  private final Depot depot = new Depot();

  @BeforeEach
  void effects() {
    depot.execute("create table effect (what text)");
    depot.execute("create table inside (it int)");
  }

  @AfterEach
  void close() {
    depot.close();
  }

  @Test
  void anotherProcessDoesTheTask() throws Exception {
    var survivor = depot.process();
    List<Integer> attempts = new CopyOnWriteArrayList<>();
    survivor.work(
        Pick.class,
        (task, lease, tx) -> {
          attempts.add(lease.attempt());
          Victim.mark(tx, "pick " + task.getNumber());
        });
    Depot.enqueue(survivor, Pick.newBuilder().setNumber(1).build());

    killInside("task");
    assertThat(depot.number("select count(*) from concordat.task where state = 'leased'")).isOne();
    survivor.start();

    Await.until("done", () -> depot.tasks() == 0);
    assertThat(attempts).containsExactly(2);
    assertThat(depot.number("select count(*) from effect")).isOne();
  }

  @Test
  void anotherProcessEndsTheSaga() throws Exception {
    var survivor = depot.process();
    var type = Victim.define(survivor, () -> {});
    try (var tx = survivor.begin()) {
      type.start(tx, "o1", Parcel.newBuilder().setText("o1").build());
      tx.commit();
    }

    killInside("saga");
    survivor.start();

    assertThat(type.await("o1", Deadline.after(Duration.ofSeconds(30), Clock.SYSTEM)))
        .isInstanceOf(Completed.class);
    assertThat(depot.number("select count(*) from effect where what = 'first'")).isOne();
    assertThat(depot.number("select count(*) from effect where what = 'last'")).isOne();
  }

  private void killInside(String work) throws IOException, InterruptedException {
    Process victim =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath(),
                Victim.class.getName(),
                url(),
                work)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      Await.until("inside", () -> depot.number("select count(*) from inside") == 1);
    } finally {
      victim.destroyForcibly().waitFor();
    }
  }

  private String url() {
    return ((PGSimpleDataSource) depot.database.getDataSource()).getUrl() + "&user=postgres";
  }

  private static String classPath() {
    String own = System.getProperty("java.class.path");
    return System.getProperty("surefire.test.class.path", own).replace(',', File.pathSeparatorChar);
  }
}
