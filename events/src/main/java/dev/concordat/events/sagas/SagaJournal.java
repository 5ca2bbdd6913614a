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
  private Optional<String> waits;
  private final List<String> undos = new ArrayList<>();
  private final Set<String> names = new HashSet<>();
  private int position;

  /// @param done steps in their order
  /// @param undone names of the undos that have succeeded
  /// @param failing the saga's failure, once it is compensating
  /// @param waits the wait or sleep at which it stood when this run began
  SagaJournal(
      List<Entry> done, Set<String> undone, Optional<Failure> failing, Optional<String> waits) {
    this.done = List.copyOf(done);
    this.undone = Set.copyOf(undone);
    this.failing = failing;
    this.waits = waits;
  }

  /// What is recorded of one step: an answer or a failure.
  ///
  /// @param type full name of the answer's message; empty when that is not known
  record Entry(
      Kind kind,
      String name,
      String type,
      Optional<ByteString> answer,
      Optional<Failure> failure) {}

  /// What is recorded.
  enum Kind {
    STEP,
    TRANSACT,
    UNDO,
    WAIT,
    SLEEP,
    PATCH
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

    /// What a change answers on the old way.
    Next OLD = new Answer(ByteString.EMPTY);

    /// Stop: the code is not what it was.
    record Misfit(String because) implements Next {}
  }

  /// The code has come to a step.
  ///
  /// @param type full name of the message that the code expects for an answer
  Next next(Kind kind, String name, String type) {
    if (!names.add(name)) {
      return new Next.Misfit("two steps or undos are called \"" + name + "\"; give each its name");
    }
    passDroppedPatches();
    if (caughtUp()) {
      if (failing.isPresent()) {
        return new Next.Leave(failing.get());
      }
      return standsElsewhere(kind, name)
          .<Next>map(it -> it)
          .orElseGet(() -> new Next.Execute(position++));
    }
    Entry entry = done.get(position);
    if (entry.kind() != kind || !entry.name().equals(name)) {
      return misfit(kind + " \"" + name + "\"", entry);
    }
    if (!entry.type().isEmpty() && entry.answer().isPresent() && !entry.type().equals(type)) {
      return new Next.Misfit(
          "the recorded answer of "
              + kind
              + " \""
              + name
              + "\" is a "
              + entry.type()
              + ", but the code expects a "
              + type
              + "; bring the old type back, or give the changed step a new name behind"
              + " saga.patched");
    }
    position++;
    return entry
        .failure()
        .<Next>map(Next.Fail::new)
        .orElseGet(() -> new Next.Answer(entry.answer().orElse(ByteString.EMPTY)));
  }

  /// The code has come to a change of itself.
  ///
  /// @param certain whether nothing can have begun of which nothing is recorded
  Next patch(String name, boolean certain) {
    if (!names.add(name)) {
      return new Next.Misfit("two steps or undos are called \"" + name + "\"; give each its name");
    }
    if (caughtUp()) {
      // What came before this change may have begun already: it stays on the old way.
      boolean old = failing.isPresent() || waits.isPresent() || !certain;
      return old ? Next.OLD : new Next.Execute(position++);
    }
    Entry entry = done.get(position);
    if (entry.kind() != Kind.PATCH || !entry.name().equals(name)) {
      return Next.OLD;
    }
    position++;
    return new Next.Answer(entry.answer().orElse(ByteString.EMPTY));
  }

  /// A change that every saga has by now needs no mark in the code any more.
  private void passDroppedPatches() {
    while (!caughtUp() && done.get(position).kind() == Kind.PATCH) {
      position++;
    }
  }

  private Optional<Next.Misfit> standsElsewhere(Kind kind, String name) {
    Optional<String> at = waits;
    waits = Optional.empty();
    boolean waiting = kind == Kind.WAIT || kind == Kind.SLEEP;
    return at.filter(it -> !waiting || !it.equals(name))
        .map(it ->
            new Next.Misfit(
                "the saga stands at the wait \""
                    + it
                    + "\", but the code has "
                    + kind
                    + " \""
                    + name
                    + "\" there; bring the wait back, or put the change behind saga.patched"));
  }

  private Next.Misfit misfit(String code, Entry entry) {
    return new Next.Misfit(
        "at position "
            + position
            + " the code has "
            + code
            + ", but what was done there is "
            + entry.kind()
            + " \""
            + entry.name()
            + "\"; bring the old order back, put the change behind saga.patched, or give the"
            + " changed saga a new type");
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
    passDroppedPatches();
    if (waits.isPresent() && caughtUp() && failing.isEmpty()) {
      return Optional.of(
          new Next.Misfit(
              "the code has ended, but the saga stands at the wait \""
                  + waits.get()
                  + "\"; bring it back"));
    }
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
