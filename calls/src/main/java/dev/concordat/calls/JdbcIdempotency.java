package dev.concordat.calls;

import dev.concordat.calls.grpc.FailureCodec;
import dev.concordat.calls.jdbc.Database;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// The memory of idempotency keys in the service's own PostgreSQL: table `concordat.idempotency`,
/// created when it is missing.
///
/// Outcomes are kept for 24 hours, and swept away within 10 minutes of use after that. A claim is
/// fenced: whoever lost it, by a lease that ran out, can no longer record.
///
/// Threads: safe for many; methods block.
///
/// Failure: [Code#UNAVAILABLE] when the database cannot be reached.
public final class JdbcIdempotency implements IdempotencyStore {
  private static final int FORGET_AT_ONCE = 10_000;
  private static final Duration RETENTION = Duration.ofHours(24);
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(10);

  private static final String CREATE =
      """
      create table if not exists concordat.idempotency (
        method text not null,
        caller text not null,
        key text not null,
        fingerprint text not null,
        fence text not null,
        lease_until timestamptz not null,
        expires_at timestamptz not null,
        outcome bytea,
        failed boolean not null default false,
        primary key (method, caller, key)
      )
      """;
  private static final String CREATE_EXPIRY =
      """
      create index if not exists idempotency_expires_at on concordat.idempotency (expires_at)
      """;

  /// Reads without a lock: a row that the holder's transaction has locked must not make those wait
  /// who only want to know, since each would keep a connection of the pool.
  private static final String LOOK =
      """
      select fingerprint, fence, lease_until <= ? as lapsed, expires_at <= ? as forgotten,
             outcome, failed
      from concordat.idempotency
      where method = ? and caller = ? and key = ?
      """;

  private static final String CLAIM =
      """
      insert into concordat.idempotency
        (method, caller, key, fingerprint, fence, lease_until, expires_at)
      values (?, ?, ?, ?, ?, ?, ?)
      on conflict do nothing
      """;

  /// Only from whom it was seen to be free to take, and not while he is just recording.
  private static final String TAKE_OVER =
      """
      update concordat.idempotency
      set fingerprint = ?, fence = ?, lease_until = ?, expires_at = ?, outcome = null, failed = false
      where (method, caller, key) in (
        select method, caller, key from concordat.idempotency
        where method = ? and caller = ? and key = ? and fence = ?
        for update skip locked
      )
      """;

  private static final String KEEP =
      """
      update concordat.idempotency
      set outcome = ?, failed = ?, expires_at = ?
      where method = ? and caller = ? and key = ? and fence = ? and outcome is null
      """;

  private static final String RELEASE =
      """
      delete from concordat.idempotency
      where method = ? and caller = ? and key = ? and fence = ? and outcome is null
      """;

  private static final String FORGET =
      """
      delete from concordat.idempotency
      where ctid in (
        select ctid from concordat.idempotency
        where expires_at <= ? limit 10000 for update skip locked
      )
      """;

  private final Database database;
  private final Clock clock;
  private final AtomicLong sweepAt;

  /// A store in this database; creates its table when that is missing.
  ///
  /// @param clock tells when leases and outcomes end
  public JdbcIdempotency(DataSource source, Clock clock) {
    this.database = new Database(source);
    this.clock = clock;
    this.sweepAt = new AtomicLong(clock.nanos() + SWEEP_EVERY.toNanos());
    database.create(CREATE, CREATE_EXPIRY);
  }

  @Override
  public Claim claim(Operation operation, Duration lease) {
    sweep();
    String fence = UUID.randomUUID().toString();
    while (true) {
      List<Row> rows =
          database.query(
              Row::read,
              LOOK,
              now(),
              now(),
              operation.method(),
              operation.caller(),
              operation.key());
      if (rows.isEmpty()) {
        if (insert(operation, fence, lease)) {
          return new Claim.Execute(operation, fence);
        }
        continue;
      }
      return decide(operation, rows.getFirst(), fence, lease);
    }
  }

  /// Every now and then one claimant takes away what is past its retention, until nothing is left
  /// that can be had without waiting for others.
  private void sweep() {
    long due = sweepAt.get();
    long now = clock.nanos();
    if (now - due >= 0 && sweepAt.compareAndSet(due, now + SWEEP_EVERY.toNanos())) {
      int forgotten = FORGET_AT_ONCE;
      while (forgotten == FORGET_AT_ONCE) {
        forgotten = database.update(FORGET, now());
      }
    }
  }

  private Claim decide(Operation operation, Row row, String fence, Duration lease) {
    if (!row.forgotten()) {
      if (!row.fingerprint().equals(operation.fingerprint())) {
        return new Claim.Mismatch();
      }
      byte[] outcome = row.outcome();
      if (outcome != null) {
        return new Claim.Replay(
            row.failed()
                ? new Outcome.Failed(FailureCodec.decode(outcome))
                : new Outcome.Answered(outcome));
      }
      if (!row.lapsed()) {
        return new Claim.InFlight();
      }
    }
    int taken =
        database.update(
            TAKE_OVER,
            operation.fingerprint(),
            fence,
            now().plus(lease),
            now().plus(RETENTION),
            operation.method(),
            operation.caller(),
            operation.key(),
            row.fence());
    return taken == 1 ? new Claim.Execute(operation, fence) : new Claim.InFlight();
  }

  private boolean insert(Operation operation, String fence, Duration lease) {
    return database.update(
            CLAIM,
            operation.method(),
            operation.caller(),
            operation.key(),
            operation.fingerprint(),
            fence,
            now().plus(lease),
            now().plus(RETENTION))
        == 1;
  }

  @Override
  public void keep(Claim.Execute claim, Outcome outcome) {
    database.update(KEEP, kept(claim, outcome));
  }

  @Override
  public void keep(Claim.Execute claim, Outcome outcome, Connection effect) {
    if (Database.update(effect, KEEP, kept(claim, outcome)) != 1) {
      throw Failure.of(
              Code.ABORTED,
              "this call took longer than its claim on the idempotency key; roll back")
          .with(
              Failure.Details.NONE
                  .withDecidedBy("idempotency")
                  .withReason("IDEMPOTENCY_CLAIM_LOST"));
    }
  }

  @Override
  public void release(Claim.Execute claim) {
    Operation operation = claim.operation();
    database.update(
        RELEASE, operation.method(), operation.caller(), operation.key(), claim.fence());
  }

  private Object[] kept(Claim.Execute claim, Outcome outcome) {
    Operation operation = claim.operation();
    byte[] bytes =
        switch (outcome) {
          case Outcome.Answered answered -> answered.message();
          case Outcome.Failed(Failure failure) -> FailureCodec.encode(failure);
        };
    return new Object[] {
      bytes,
      outcome instanceof Outcome.Failed,
      now().plus(RETENTION),
      operation.method(),
      operation.caller(),
      operation.key(),
      claim.fence()
    };
  }

  private OffsetDateTime now() {
    return clock.now().atOffset(ZoneOffset.UTC);
  }

  @SuppressWarnings("ArrayRecordComponent") // Read once and not compared.
  private record Row(
      String fingerprint,
      String fence,
      boolean lapsed,
      boolean forgotten,
      byte @Nullable [] outcome,
      boolean failed) {
    static Row read(ResultSet row) throws SQLException {
      return new Row(
          row.getString("fingerprint"),
          row.getString("fence"),
          row.getBoolean("lapsed"),
          row.getBoolean("forgotten"),
          row.getBytes("outcome"),
          row.getBoolean("failed"));
    }
  }
}
