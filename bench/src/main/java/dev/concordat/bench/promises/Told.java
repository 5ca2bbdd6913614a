package dev.concordat.bench.promises;

import java.time.Instant;

/// A message whose transaction was committed.
///
/// @param id its own
/// @param key what orders it; empty when nothing does
/// @param number ascending within the key in the order in which the publishers' transactions waited
///   for each other; without a key, about when it was told
/// @param at when it was told
public record Told(long id, String key, long number, Instant at) {}
