package dev.concordat.events.tasks;

import com.google.protobuf.ByteString;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// A task as its worker got it.
///
/// @param id its row
/// @param token what proves the claim
/// @param message its name, the same in every attempt
/// @param key what orders it; empty when nothing does
/// @param attempt which try this is, from 1
/// @param expired whether it was not worth doing any more when it was claimed
record ClaimedTask(
    long id,
    long token,
    UUID message,
    Optional<String> key,
    int attempt,
    boolean expired,
    Map<String, String> headers,
    ByteString payload) {}
