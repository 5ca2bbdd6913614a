package dev.concordat.events.tasks;

/// Which tasks that are still to be done a list shows.
///
/// @param queue only of this queue; empty for all
/// @param key only of this key; empty for all
/// @param state only `ready`, `later`, `behind`, `leased` or `cancelled`; empty for all
/// @param limit at most so many; never more than 1,000
public record TaskFilter(String queue, String key, String state, int limit) {
  /// The first hundred.
  public static final TaskFilter ALL = new TaskFilter("", "", "", 100);
}
