package dev.concordat.bench.promises;

import java.time.Instant;

/// What a reader did with a message, as far as it was committed.
///
/// @param id the message's
/// @param key the message's
/// @param place ascending within the key in the order in which the effects were committed
/// @param at when it was done
public record Effect(long id, String key, long place, Instant at) {}
