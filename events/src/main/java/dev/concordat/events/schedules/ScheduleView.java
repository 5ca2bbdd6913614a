package dev.concordat.events.schedules;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/// A schedule, as the database knows it.
///
/// @param name its name
/// @param queue whose tasks it asks for
/// @param cron when
/// @param zone in which time zone
/// @param next when the next time is
/// @param last when it asked last; empty when it never has
/// @param lastTask the task that it asked for last
/// @param pause since when nothing is asked for, and why; empty when it is not paused
public record ScheduleView(
    String name,
    String queue,
    String cron,
    String zone,
    Instant next,
    Optional<Instant> last,
    Optional<UUID> lastTask,
    Optional<Pause> pause) {
  /// Somebody has paused it.
  ///
  /// @param by who
  /// @param reason why; may be empty
  /// @param since when
  public record Pause(String by, String reason, Instant since) {}
}
