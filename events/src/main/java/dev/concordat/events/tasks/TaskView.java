package dev.concordat.events.tasks;

import com.google.protobuf.ByteString;
import java.time.Instant;
import java.util.Optional;

/// A task that is still to be done, as a list shows it.
///
/// @param task its name
/// @param key what orders it; empty when nothing does
/// @param state `ready`, `later`, `behind` another of its key, `leased`, or `cancelled` and still
///   running
/// @param status how it stands
/// @param askedAt when it was asked for
/// @param lastError how the last try failed; empty when none has
/// @param payload the message
public record TaskView(
    TaskRef task,
    Optional<String> key,
    String state,
    TaskStatus status,
    Instant askedAt,
    String lastError,
    ByteString payload) {}
