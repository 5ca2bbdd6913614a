package dev.concordat.events.sagas;

import java.time.Duration;

/// A step as the code asks for it.
///
/// @param answer full name of the message that it answers with
/// @param budget for all its tries
record StepPlan(String name, String answer, Duration budget, StepRetry retry) {}
