package dev.concordat.calls.wire;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import org.jspecify.annotations.Nullable;

/// How an attempt ended, for whoever chooses the next one's instance.
///
/// @param reach how far it came at most
/// @param failure what it failed with; null when it went well
public record Ending(Reach reach, @Nullable Failure failure) {
  /// Whether the instance could not be reached at all.
  public boolean nobodyThere() {
    return failure != null && reach == Reach.NOWHERE && failure.code() == Code.UNAVAILABLE;
  }
}
