package dev.concordat.events.deadletters;

import dev.concordat.core.Clock;
import dev.concordat.events.Parts;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Does what is planned in small transactions, no faster than allowed. Many may run at once, in any
/// process: each dead letter ends once.
final class DeadLetterRun {
  private static final int LARGEST_BATCH = 100;

  /// So that a run is stopped within a fifth of a second, and the rate is even.
  private static final int BATCHES_A_SECOND = 5;

  private static final String LOCK =
      """
      select dead.id, dead.kind, dead.name, dead.topic, dead.key, dead.headers
      from unnest(?::bigint[]) with ordinality as wanted (id, nth)
        join concordat.dead_letter as dead using (id)
      where dead.redriven_at is null
      order by wanted.nth
      for update of dead
      """;
  private static final String END =
      """
      update concordat.dead_letter
      set redriven_at = now(), redriven_by = ?, redriven_trace = ?, discarded_because = ?
      where id = ?
      """;

  private final Parts parts;
  private final Map<String, Origin> origins;
  private final String by;
  private final Optional<String> discardedBecause;

  /// @param discardedBecause empty to send them back
  DeadLetterRun(
      Parts parts, Map<String, Origin> origins, String by, Optional<String> discardedBecause) {
    this.parts = parts;
    this.origins = origins;
    this.by = by;
    this.discardedBecause = discardedBecause;
  }

  private record Open(
      long id, String kind, String name, String topic, String key, String headers) {}

  DeadLetterProgress run(DeadLetterPlan plan, int perSecond, Predicate<DeadLetterProgress> goOn) {
    Clock clock = parts.clock();
    int batch = Math.clamp(perSecond / BATCHES_A_SECOND, 1, LARGEST_BATCH);
    Instant begin = clock.now();
    DeadLetterProgress progress = DeadLetterProgress.none(plan.size());
    for (int from = 0; from < plan.size() && goOn.test(progress); from += batch) {
      List<Long> ids = plan.ids(from, from + batch);
      DeadLetterProgress before = progress;
      progress = parts.database().transact(connection -> end(connection, ids, before));
      Duration due = Duration.ofMillis(1_000L * (from + ids.size()) / perSecond);
      if (from + batch < plan.size()
          && !slept(clock, Duration.between(clock.now(), begin.plus(due)))) {
        return progress;
      }
    }
    return progress;
  }

  private DeadLetterProgress end(Connection connection, List<Long> ids, DeadLetterProgress before)
      throws SQLException {
    int done = 0;
    int refused = 0;
    List<Open> open = lock(connection, ids);
    try (var end = connection.prepareStatement(END)) {
      for (Open letter : open) {
        boolean ended =
            discardedBecause.isPresent()
                ? discard(connection, letter, end)
                : redrive(connection, letter, end);
        done += ended ? 1 : 0;
        refused += ended ? 0 : 1;
      }
      if (done > 0) {
        var _ = end.executeBatch();
      }
    }
    return before.plus(done, ids.size() - open.size(), refused);
  }

  private boolean discard(Connection connection, Open letter, PreparedStatement end)
      throws SQLException {
    Origin origin = origins.get(letter.kind);
    if (origin != null) {
      origin.discard(connection, letter.id);
    }
    end(letter, end, null);
    return true;
  }

  private boolean redrive(Connection connection, Open letter, PreparedStatement end)
      throws SQLException {
    Origin origin = origins.get(letter.kind);
    if (origin == null || !origin.takes(letter.name)) {
      return false;
    }
    Rebirth again = Rebirth.of(parts, letter.topic, letter.key, letter.headers);
    if (!origin.redrive(connection, letter.id, again.headers())) {
      return false;
    }
    end(letter, end, again.traceId());
    return true;
  }

  private void end(Open letter, PreparedStatement end, @Nullable String trace) throws SQLException {
    end.setString(1, by);
    end.setString(2, trace);
    if (discardedBecause.isPresent()) {
      end.setString(3, discardedBecause.get());
    } else {
      end.setNull(3, Types.VARCHAR);
    }
    end.setLong(4, letter.id);
    end.addBatch();
  }

  private static List<Open> lock(Connection connection, List<Long> ids) throws SQLException {
    try (var query = connection.prepareStatement(LOCK)) {
      query.setArray(1, connection.createArrayOf("bigint", ids.toArray()));
      List<Open> open = new ArrayList<>();
      try (var rows = query.executeQuery()) {
        while (rows.next()) {
          open.add(
              new Open(
                  rows.getLong("id"),
                  rows.getString("kind"),
                  rows.getString("name"),
                  rows.getString("topic"),
                  rows.getString("key"),
                  rows.getString("headers")));
        }
      }
      return open;
    }
  }

  private static boolean slept(Clock clock, Duration wait) {
    try {
      if (wait.isPositive()) {
        clock.sleep(wait);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
