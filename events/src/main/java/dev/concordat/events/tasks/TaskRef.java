package dev.concordat.events.tasks;

import java.util.UUID;

/// Names a task that was asked for: to look after it, or to take it back.
///
/// @param queue its queue
/// @param id the same in every attempt, and what [Lease#taskId()] says
public record TaskRef(String queue, UUID id) {}
