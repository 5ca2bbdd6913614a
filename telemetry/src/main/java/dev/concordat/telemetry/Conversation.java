package dev.concordat.telemetry;

import java.time.Instant;

/// A trace in which a key appears.
///
/// @param traceId 32 hex digits
/// @param began when its first span began
/// @param service where it began
/// @param name what it began with, for example `POST /v1/orders`
/// @param spans how many spans it has
public record Conversation(
    String traceId, Instant began, String service, String name, long spans) {}
