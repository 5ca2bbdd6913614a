package dev.concordat.bench.drill.events;

import java.util.Locale;

/// What a process does.
enum Role {
  /// Of the till: its transactions tell events and ask for tasks.
  PUBLISHER,
  /// Of the till: carries what was told to the log.
  SEQUENCER,
  /// Of the books: hears of sales; starts sagas and asks for tasks in its turn.
  CONSUMER,
  /// Of the books: does the tasks.
  WORKER,
  /// Of the books: runs the sagas.
  RUNNER;

  /// For people.
  String words() {
    return name().toLowerCase(Locale.ROOT);
  }
}
