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
public record ScheduleView(
    String name,
    String queue,
    String cron,
    String zone,
    Instant next,
    Optional<Instant> last,
    Optional<UUID> lastTask) {}
