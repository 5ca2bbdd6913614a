package dev.concordat.bench.simulation;

import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.core.Priority;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/// One process that serves, and the network in front of it: a quarter to half a millisecond each
/// way.
///
/// Threads: one.
final class Server implements Service {
  private static final long NETWORK = Timeline.MILLISECOND / 4;

  /// In which state the process is.
  enum State {
    /// Answers.
    UP,
    /// Ends what it has, takes nothing new.
    DRAINING,
    /// Nobody listens.
    GONE,
    /// Takes everything and answers nothing.
    SILENT
  }

  private final Timeline timeline;
  private final RandomGenerator random;
  private final Endpoint endpoint;
  private final Manners manners;
  private final Door admission;
  private final Service work;
  private final Set<Serving> serving = new LinkedHashSet<>();
  private State state = State.UP;
  private long arrivals;

  Server(World world, String address, Service work) {
    this.timeline = world.timeline();
    this.random = world.random(address);
    this.endpoint = Endpoint.of(address, 1);
    this.manners = world.stack().manners();
    this.admission = world.stack().admission(world, address);
    this.work = work;
  }

  Endpoint endpoint() {
    return endpoint;
  }

  State state() {
    return state;
  }

  /// Whether a connection to it stands.
  boolean connected() {
    return state == State.UP || state == State.SILENT;
  }

  /// Attempts that have come to its door, refused ones included.
  long arrivals() {
    return arrivals;
  }

  void become(State next) {
    state = next;
  }

  /// As after `kill -9`: what is under way is lost.
  void kill() {
    state = State.GONE;
    List.copyOf(serving).forEach(call -> call.answer(Answer.BROKEN));
  }

  @Override
  public void ask(Ask ask, Consumer<Answer> done) {
    timeline.after(network(), () -> arrive(ask, done));
  }

  private void arrive(Ask ask, Consumer<Answer> done) {
    switch (state) {
      case GONE -> timeline.after(network(), () -> done.accept(Answer.REFUSED));
      case DRAINING -> timeline.after(network(), () -> done.accept(Answer.GOING));
      case SILENT -> arrivals++;
      case UP -> {
        arrivals++;
        serve(ask, done);
      }
    }
  }

  private void serve(Ask ask, Consumer<Answer> done) {
    boolean late = ask.over() || timeline.nanos() >= ask.deadline();
    if (late && manners.knowsDeadline()) {
      timeline.after(network(), () -> done.accept(Answer.LATE));
      return;
    }
    Optional<Door.Place> place = admission.admit(ask.priority());
    if (place.isEmpty()) {
      Answer no = Answer.overloaded(admission.comeBack());
      timeline.after(network(), () -> done.accept(no));
      return;
    }
    Serving call = new Serving(place.get(), done);
    serving.add(call);
    work.ask(inside(ask), call::answer);
  }

  /// What the server knows of the caller's going: after the network, or never.
  private Ask inside(Ask ask) {
    Priority priority = ask.priority();
    Ask inside = ask.with(ask.deadline(), priority);
    if (manners.knowsDeadline()) {
      ask.whenOver(() -> timeline.after(network(), inside::cancel));
    }
    return inside;
  }

  private long network() {
    return NETWORK + (long) (random.nextDouble() * NETWORK);
  }

  private final class Serving {
    private final Door.Place place;
    private final Consumer<Answer> done;
    private boolean answered;

    Serving(Door.Place place, Consumer<Answer> done) {
      this.place = place;
      this.done = done;
    }

    void answer(Answer answer) {
      if (answered) {
        return;
      }
      answered = true;
      serving.remove(this);
      place.release(answer.ok());
      if (state != State.SILENT) {
        timeline.after(network(), () -> done.accept(answer));
      }
    }
  }
}
