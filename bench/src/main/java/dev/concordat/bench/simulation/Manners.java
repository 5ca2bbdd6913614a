package dev.concordat.bench.simulation;

/// What a server does about callers that have gone.
///
/// @param knowsDeadline work that waits and whose caller has gone is not begun
/// @param interrupts work that is under way ends when its caller has gone
record Manners(boolean knowsDeadline, boolean interrupts) {}
