package dev.concordat.events.tasks;

import java.time.Duration;

/// How much there is in a queue. 10,000 stands for that many or more.
///
/// @param queue its name
/// @param waiting tasks that wait for a worker or for an earlier one of their key
/// @param later tasks that wait for their time: delayed, or failed and to be tried again
/// @param leased tasks that workers have
/// @param oldest how long the first one in line has been waiting for a worker; zero when none waits
public record QueueLength(String queue, long waiting, long later, long leased, Duration oldest) {}
