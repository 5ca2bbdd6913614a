package dev.concordat.events.tasks;

/// How much there is in a queue. 10,000 stands for that many or more.
///
/// @param queue its name
/// @param waiting tasks that wait for a worker or for an earlier one of their key
/// @param later tasks that wait for their time: delayed, or failed and to be tried again
/// @param leased tasks that workers have
public record QueueLength(String queue, long waiting, long later, long leased) {}
