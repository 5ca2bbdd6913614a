package dev.concordat.events.sagas;

import com.google.protobuf.ByteString;
import dev.concordat.core.Failure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Decides what a saga does next, from what it has done. Knows no database and no clock.
///
/// Threads: one.
final class SagaJournal {
  private final List<Entry> done;
  private final Set<String> undone;
  private final Optional<Failure> failing;
  private final List<String> undos = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private int position;

  /// @param done steps in their order
  /// @param undone names of the undos that have succeeded
  /// @param failing the saga's failure, once it is compensating
  SagaJournal(List<Entry> done, Set<String> undone, Optional<Failure> failing) {
    this.done = List.copyOf(done);
    this.undone = Set.copyOf(undone);
    this.failing = failing;
  }

  /// What is recorded of one step: an answer or a failure.
  record Entry(Kind kind, String name, Optional<ByteString> answer, Optional<Failure> failure) {}

  /// What is recorded.
  enum Kind {
    STEP,
    TRANSACT,
    UNDO
  }

  /// What to do when the code comes to a step.
  sealed interface Next {
    /// Give this answer from the record.
    record Answer(ByteString answer) implements Next {}

    /// Throw this failure from the record.
    record Fail(Failure failure) implements Next {}

    /// Do it and record it at this position.
    record Execute(int position) implements Next {}

    /// Leave the code: the saga is failing, and all that it did has been passed.
    record Leave(Failure failure) implements Next {}

    /// Stop: the code is not what it was.
    record Misfit(String because) implements Next {}
  }

  /// The code has come to a step.
  Next next(Kind kind, String name) {
    if (!names.add(name)) {
      return new Next.Misfit("two steps or undos are called \"" + name + "\"; give each its name");
    }
    if (caughtUp()) {
      return failing.<Next>map(Next.Leave::new).orElseGet(() -> new Next.Execute(position++));
    }
    Entry entry = done.get(position);
    if (entry.kind() != kind || !entry.name().equals(name)) {
      return new Next.Misfit(
          "at position "
              + position
              + " the code has "
              + kind
              + " \""
              + name
              + "\", but what was done there is "
              + entry.kind()
              + " \""
              + entry.name()
              + "\"; bring the old order back, or give the changed saga a new type");
    }
    position++;
    return entry
        .failure()
        .<Next>map(Next.Fail::new)
        .orElseGet(() -> new Next.Answer(entry.answer().orElse(ByteString.EMPTY)));
  }

  /// The code has named an undo.
  Optional<Next.Misfit> undo(String name) {
    if (!names.add(name)) {
      return Optional.of(
          new Next.Misfit("two steps or undos are called \"" + name + "\"; give each its name"));
    }
    undos.add(name);
    return Optional.empty();
  }

  /// Whether what was recorded by earlier runs has all been passed.
  boolean caughtUp() {
    return position >= done.size();
  }

  /// Whether the saga had failed before this run.
  boolean failing() {
    return failing.isPresent();
  }

  /// The code has ended. Something is wrong when it has passed less than was done.
  Optional<Next.Misfit> end() {
    if (!caughtUp()) {
      Entry missed = done.get(position);
      return Optional.of(
          new Next.Misfit(
              "the code has ended, but "
                  + missed.kind()
                  + " \""
                  + missed.name()
                  + "\" was done after that; bring it back, or give the changed saga a new type"));
    }
    List<String> strange = undone.stream().filter(name -> !undos.contains(name)).sorted().toList();
    return strange.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Next.Misfit("undone was what the code does not undo any more: " + strange));
  }

  /// What is left to undo, the last named first.
  List<String> toUndo() {
    return undos.reversed().stream().filter(name -> !undone.contains(name)).toList();
  }
}
