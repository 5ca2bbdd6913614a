package dev.concordat.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// What a caller does instead when a call fails in a way that it can live with.
///
/// ```java
/// Score score = Fallback.of(() -> fraud.score(request))
///     .on(Code.UNAVAILABLE, failure -> Score.unknown())
///     .onReason("BULKHEAD_FULL", failure -> Score.unknown())
///     .get();
/// ```
///
/// The first rule that fits decides. A failure that no rule names is thrown as it is, and so is
/// every failure once the caller's own work was cancelled: nobody waits for a substitute then. Each
/// use is an event `concordat.fallback` in the trace, so that a substitute never passes for the
/// real thing unseen.
///
/// Threads: immutable; `get` runs everything on the calling thread.
///
/// @param <T> what the call answers
public final class Fallback<T> {
  private final Supplier<? extends T> call;
  private final List<Rule<T>> rules;

  private Fallback(Supplier<? extends T> call, List<Rule<T>> rules) {
    this.call = call;
    this.rules = rules;
  }

  /// A call, without a substitute yet.
  public static <T> Fallback<T> of(Supplier<? extends T> call) {
    return new Fallback<>(call, List.of());
  }

  /// The same with a substitute for failures of this code.
  public Fallback<T> on(Code code, Function<Failure, ? extends T> instead) {
    return with(failure -> failure.code() == code, instead);
  }

  /// The same with a substitute for failures of this reason, for example `BULKHEAD_FULL`.
  public Fallback<T> onReason(String reason, Function<Failure, ? extends T> instead) {
    return with(failure -> failure.details().reason().equals(reason), instead);
  }

  /// The same with a substitute for a service that cannot help now, whatever the question:
  /// [Code#UNAVAILABLE], [Code#DEADLINE_EXCEEDED], [Code#RESOURCE_EXHAUSTED].
  public Fallback<T> whenDown(Function<Failure, ? extends T> instead) {
    return on(Code.UNAVAILABLE, instead)
        .on(Code.DEADLINE_EXCEEDED, instead)
        .on(Code.RESOURCE_EXHAUSTED, instead);
  }

  /// The answer, or the substitute.
  ///
  /// @throws Failure that no rule names
  public T get() {
    try {
      return call.get();
    } catch (Failure failure) {
      Context context = Context.current();
      if (context.cancellation().cancelled()) {
        throw failure;
      }
      for (Rule<T> rule : rules) {
        if (rule.fits.test(failure)) {
          note(context, failure);
          return rule.instead.apply(failure);
        }
      }
      throw failure;
    }
  }

  private static void note(Context context, Failure failure) {
    context
        .observation()
        .event(
            "concordat.fallback",
            Map.of("code", failure.code().name(), "reason", failure.details().reason()));
  }

  private Fallback<T> with(Predicate<Failure> fits, Function<Failure, ? extends T> instead) {
    List<Rule<T>> more = new ArrayList<>(rules);
    more.add(new Rule<>(fits, instead));
    return new Fallback<>(call, List.copyOf(more));
  }

  private record Rule<T>(Predicate<Failure> fits, Function<Failure, ? extends T> instead) {}
}
