package dev.concordat.events.subscriptions;

import java.time.Instant;

/// Something that a subscription needs does not answer: it waits, and one of its messages is tried
/// from time to time. As one process sees it.
///
/// @param since the first failure of those in a row
/// @param because what the last one said
public record Down(Instant since, String because) {}
