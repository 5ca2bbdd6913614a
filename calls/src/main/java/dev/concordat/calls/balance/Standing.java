package dev.concordat.calls.balance;

import dev.concordat.calls.discovery.Endpoint;
import java.time.Duration;

/// How one instance stands with its caller at one moment.
///
/// @param endpoint where it listens
/// @param state whether it is asked
/// @param outstanding calls that it works on, streams not counted
/// @param streams streams that are open
/// @param latency what it is thought to take for an answer
/// @param success share of calls that went well lately, from 0 to 1
/// @param out how much longer it is left alone; zero when it is not
public record Standing(
    Endpoint endpoint,
    State state,
    int outstanding,
    int streams,
    Duration latency,
    double success,
    Duration out) {
  /// Whether an instance is asked.
  public enum State {
    /// It is.
    READY,
    /// It is, with less than its share: it joined or came back a moment ago.
    SLOW_START,
    /// It failed too often and gets one call at a time until it has proved itself.
    TRIAL,
    /// Not yet: it has joined and is being connected to.
    JOINING,
    /// Not: it failed too often.
    EJECTED,
    /// Not: it says that it takes no calls.
    NOT_SERVING,
    /// Not: nobody was there.
    UNREACHABLE;

    /// Whether it gets calls.
    public boolean asked() {
      return this == READY || this == SLOW_START || this == TRIAL;
    }
  }
}
