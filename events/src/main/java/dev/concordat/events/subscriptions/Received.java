package dev.concordat.events.subscriptions;

import dev.concordat.events.log.Envelope;
import java.time.Instant;

/// An event as it came: what was told, its envelope, and its place in the log.
///
/// @param event what was told, read by the contract that this service knows; fields that it does
///   not know are kept
/// @param envelope who told it, when, under which id and key, with which headers
/// @param partition of the topic
/// @param position within the partition; ascending for each key
/// @param appendedAt when it came into the log
/// @param <E> the event
public record Received<E>(
    E event, Envelope envelope, int partition, long position, Instant appendedAt) {}
