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

  TypedSource(OngoingCall call, Function<byte[], T> read) {
    this.call = call;
    this.read = read;
  }

  @Override
  public Optional<T> next() {
    try {
      return call.next().map(read);
    } catch (Failure failure) {
      call.close();
      throw failure;
    }
  }

  @Override
  public void close() {
    call.close();
  }
}
