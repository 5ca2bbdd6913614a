package dev.concordat.bench.scheduler;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerBuilder;
import com.github.kagkarlsson.scheduler.SchedulerClient;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.concordat.bench.work.Contestant;
import dev.concordat.bench.work.JoinedPool;
import dev.concordat.bench.work.Ledger;
import dev.concordat.bench.work.Queueing;
import dev.concordat.bench.work.Stage;
import dev.concordat.bench.work.Telling;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.LongStream;

/// db-scheduler with its defaults: ten threads, a look every ten seconds (and at once when a batch
/// is done). What is told is a task scheduled in the same transaction.
public class DbScheduler implements Contestant {
  private static final String TABLES =
      """
      create table if not exists scheduled_tasks (
        task_name text not null,
        task_instance text not null,
        task_data bytea,
        execution_time timestamp with time zone,
        picked boolean not null,
        picked_by text,
        last_success timestamp with time zone,
        last_failure timestamp with time zone,
        consecutive_failures int,
        last_heartbeat timestamp with time zone,
        version bigint not null,
        priority smallint,
        state text,
        primary key (task_name, task_instance));
      create index if not exists execution_time_idx on scheduled_tasks (execution_time);
      create index if not exists last_heartbeat_idx on scheduled_tasks (last_heartbeat);
      """;

  @Override
  public String name() {
    return "db-scheduler";
  }

  /// The options.
  SchedulerBuilder tuned(SchedulerBuilder builder) {
    return builder;
  }

  /// The tuned one: lock-and-fetch, which its README advises for PostgreSQL and high throughput,
  /// with as many threads and as early a next fetch as there, and a look every 20 ms.
  public static final class Tuned extends DbScheduler {
    private static final int THREADS = 50;
    private static final double FETCH_BELOW = 1.0;
    private static final double FETCH_UP_TO = 4.0;

    @Override
    public String name() {
      return "db-scheduler-tuned";
    }

    @Override
    SchedulerBuilder tuned(SchedulerBuilder builder) {
      return builder
          .threads(THREADS)
          .pollUsingLockAndFetch(FETCH_BELOW, FETCH_UP_TO)
          .pollingInterval(Duration.ofMillis(20));
    }
  }

  @Override
  public Telling telling(Stage stage) throws SQLException {
    stage.execute(TABLES);
    OneTimeTask<String> task =
        Tasks.oneTime("order", String.class)
            .execute((instance, context) -> effect(stage, Long.parseLong(instance.getId())));
    Scheduler scheduler = tuned(Scheduler.create(stage.pool(), task)).build();
    scheduler.start();
    JoinedPool joined = new JoinedPool(stage);
    SchedulerClient client = SchedulerClient.Builder.create(joined.source(), task).build();
    return new Telling() {
      @Override
      public void tell(long order) throws Exception {
        joined.transact(connection -> {
          stage.ledger().order(connection, order);
          client.scheduleIfNotExists(
              task.instance(Long.toString(order), Ledger.customer(order) + Ledger.NOTE),
              Instant.now());
        });
      }
    };
  }

  private static void effect(Stage stage, long order) {
    try {
      stage.transact(connection -> stage.ledger().effect(connection, order));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Queueing queueing(Stage stage) throws SQLException {
    stage.execute(TABLES);
    OneTimeTask<String> task =
        Tasks.oneTime("chore", String.class)
            .execute((instance, context) -> stage.ledger().done(Long.parseLong(instance.getId())));
    Scheduler scheduler = tuned(Scheduler.create(stage.pool(), task)).build();
    return new Queueing() {
      @Override
      public void ask(long first, int count) {
        List<TaskInstance<?>> chores =
            LongStream.range(first, first + count)
                .<TaskInstance<?>>mapToObj(i -> task.instance(Long.toString(i), Ledger.NOTE))
                .toList();
        scheduler.scheduleBatch(chores, Instant.now());
      }

      @Override
      public void start() {
        if (scheduler.getSchedulerState().isStarted()) {
          scheduler.resume();
        } else {
          scheduler.start();
        }
      }

      @Override
      public void stop() {
        scheduler.pause();
      }

      @Override
      public long left() throws SQLException {
        return stage.number("select count(*) from scheduled_tasks");
      }
    };
  }
}
