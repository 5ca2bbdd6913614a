package dev.concordat.calls;

import dev.concordat.contract.Shape;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Priority;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// Takes on no more calls than can be worked on at once. Low priority, which is also every attempt
/// after the first, finds only four fifths of the places: under overload the retries go first.
///
/// Streams have places of their own, as many again: one that is open for an hour must not stand in
/// the way of calls that take a millisecond.
final class ServerAdmission implements ServerStep {
  private static final Duration COME_BACK = Duration.ofMillis(100);

  private final ServerStep next;
  private final int places;
  private final AtomicInteger calls = new AtomicInteger();
  private final AtomicInteger streams = new AtomicInteger();

  ServerAdmission(ServerStep next, int places) {
    this.next = next;
    this.places = places;
  }

  @Override
  public void serve(ArrivedCall call) {
    AtomicInteger taken = call.method().shape() == Shape.UNARY ? calls : streams;
    Priority own = call.method().policy().priority();
    Priority callers = call.context().priority();
    int limit = limit(own.compareTo(callers) < 0 ? own : callers);
    if (taken.incrementAndGet() > limit) {
      taken.decrementAndGet();
      throw Failure.of(Code.RESOURCE_EXHAUSTED, "the service is at its limit of calls at once")
          .with(
              Failure.Details.NONE
                  .withDecidedBy("admission")
                  .withReason("OVERLOADED")
                  .withRetryAfter(COME_BACK));
    }
    try {
      next.serve(call);
    } finally {
      taken.decrementAndGet();
    }
  }

  int limit(Priority priority) {
    return priority == Priority.LOW ? Math.max(1, places * 4 / 5) : places;
  }
}
