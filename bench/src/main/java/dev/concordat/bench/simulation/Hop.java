package dev.concordat.bench.simulation;

import java.util.function.Consumer;

/// The work of a service in the middle: a millisecond of its own, then it asks the next and hands
/// on what that says.
///
/// @param next the client with which it asks
record Hop(World world, Service next) implements Service {
  @Override
  public void ask(Ask ask, Consumer<Answer> done) {
    world
        .timeline()
        .after(
            Timeline.MILLISECOND,
            () -> {
              if (ask.over()) {
                done.accept(Answer.LATE);
                return;
              }
              Ask further = ask.with(world.stack().handDown(ask.deadline()), ask.priority());
              ask.whenOver(() -> {
                further.cancel();
                done.accept(Answer.LATE);
              });
              next.ask(further, done);
            });
  }
}
