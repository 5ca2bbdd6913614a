package dev.concordat.calls;

import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import java.util.Optional;
import java.util.function.Function;

/// The messages that come back from a call, as the reader wants them.
final class TypedSource<T> implements Source<T> {
  private final OngoingCall call;
  private final Function<byte[], T> read;
  private final Function<T, Optional<String>> after;
  private Optional<String> resumeAfter = Optional.empty();

  TypedSource(OngoingCall call, Function<byte[], T> read) {
    this(call, read, message -> Optional.empty());
  }

  /// @param after where to go on after a message, for when the stream breaks
  TypedSource(OngoingCall call, Function<byte[], T> read, Function<T, Optional<String>> after) {
    this.call = call;
    this.read = read;
    this.after = after;
  }

  @Override
  public Optional<T> next() {
    try {
      Optional<T> message = call.next().map(read);
      resumeAfter = message.flatMap(after);
      return message;
    } catch (Failure failure) {
      call.close();
      throw resumeAfter
          .map(place -> failure.with(failure.details().withResumeAfter(place)))
          .orElse(failure);
    }
  }

  @Override
  public void close() {
    call.close();
  }
}
