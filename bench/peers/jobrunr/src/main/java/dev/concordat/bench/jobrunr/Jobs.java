package dev.concordat.bench.jobrunr;

import dev.concordat.bench.work.Contestant;
import dev.concordat.bench.work.JoinedPool;
import dev.concordat.bench.work.Ledger;
import dev.concordat.bench.work.Queueing;
import dev.concordat.bench.work.Stage;
import dev.concordat.bench.work.Telling;
import java.sql.SQLException;
import java.util.stream.LongStream;
import org.jobrunr.configuration.JobRunr;
import org.jobrunr.jobs.lambdas.JobRequest;
import org.jobrunr.jobs.lambdas.JobRequestHandler;
import org.jobrunr.scheduling.BackgroundJobRequest;
import org.jobrunr.server.BackgroundJobServer;
import org.jobrunr.server.BackgroundJobServerConfiguration;
import org.jobrunr.server.JobActivator;
import org.jobrunr.storage.sql.postgres.PostgresStorageProvider;

/// JobRunr with its defaults: sixteen workers a core on virtual threads, a look every 15 seconds
/// (and at once when workers are free). What is told is a job enqueued on the connection of the
/// same transaction.
public class Jobs implements Contestant {
  @Override
  public String name() {
    return "jobrunr";
  }

  /// The options.
  BackgroundJobServerConfiguration configuration() {
    return BackgroundJobServerConfiguration.usingStandardBackgroundJobServerConfiguration();
  }

  /// The tuned one: more workers, and as frequent a look as it allows.
  public static final class Tuned extends Jobs {
    private static final int WORKERS = 100;
    private static final int LOOK_SECONDS = 5;

    @Override
    public String name() {
      return "jobrunr-tuned";
    }

    @Override
    BackgroundJobServerConfiguration configuration() {
      return super.configuration().andWorkerCount(WORKERS).andPollIntervalInSeconds(LOOK_SECONDS);
    }
  }

  @Override
  public Telling telling(Stage stage) {
    JoinedPool joined = new JoinedPool(stage);
    open(stage, joined, true);
    return new Telling() {
      @Override
      public void tell(long order) throws Exception {
        joined.transact(connection -> {
          stage.ledger().order(connection, order);
          BackgroundJobRequest.enqueue(new OrderTold(order, Ledger.customer(order), Ledger.NOTE));
        });
      }
    };
  }

  @Override
  public Queueing queueing(Stage stage) {
    open(stage, new JoinedPool(stage), false);
    return new Queueing() {
      @Override
      public void ask(long first, int count) {
        BackgroundJobRequest.enqueue(
            LongStream.range(first, first + count).mapToObj(i -> new Chore(i, Ledger.NOTE)));
      }

      @Override
      public void start() {
        BackgroundJobServer server = JobRunr.getBackgroundJobServer();
        if (server.isAnnounced()) { // one that is paused does not count as running
          server.resumeProcessing();
        } else {
          server.start();
        }
      }

      @Override
      public void stop() {
        JobRunr.getBackgroundJobServer().pauseProcessing();
      }

      @Override
      public long left() throws SQLException {
        return stage.number(
            "select count(*) from jobrunr_jobs where state in ('ENQUEUED', 'PROCESSING')");
      }
    };
  }

  private void open(Stage stage, JoinedPool joined, boolean start) {
    JobRunr.configure()
        .useJobActivator(new Handlers(stage))
        .useStorageProvider(new PostgresStorageProvider(joined.source()))
        .useBackgroundJobServer(configuration(), start)
        .initialize();
  }

  private record Handlers(Stage stage) implements JobActivator {
    @Override
    public <T> T activateJob(Class<T> type) {
      return type.cast(type == Effects.class ? new Effects(stage) : new Hands(stage));
    }
  }

  /// What is told.
  public record OrderTold(long order, String customer, String note) implements JobRequest {
    @Override
    public Class<Effects> getJobRequestHandler() {
      return Effects.class;
    }
  }

  /// Has its effect.
  public record Effects(Stage stage) implements JobRequestHandler<OrderTold> {
    @Override
    public void run(OrderTold told) throws Exception {
      stage.transact(connection -> stage.ledger().effect(connection, told.order()));
    }
  }

  /// What is to be done.
  public record Chore(long number, String note) implements JobRequest {
    @Override
    public Class<Hands> getJobRequestHandler() {
      return Hands.class;
    }
  }

  /// Does it.
  public record Hands(Stage stage) implements JobRequestHandler<Chore> {
    @Override
    public void run(Chore chore) {
      stage.ledger().done(chore.number());
    }
  }
}
