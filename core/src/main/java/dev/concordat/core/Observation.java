package dev.concordat.core;

import java.util.Map;

/// Something that is going on and is watched.
///
/// Threads: safe for many. [#close()] counts once.
public interface Observation extends AutoCloseable {
  /// An observation that leads nowhere, for code that says more about what is not watched. Its
  /// context is [Context#root()].
  Observation NONE = new Unobserved.Nothing(Context.root());

  /// The context for the work inside: same conversation, with this observation as the place in the
  /// trace.
  Context context();

  /// Says more, for example `concordat.order.id`. A value that is a secret is never set.
  void set(String attribute, String value);

  /// Something happened at an instant: a retry, a decision.
  void event(String name, Map<String, String> attributes);

  /// It failed. Still to be closed.
  void failed(Throwable failure);

  /// It has ended.
  @Override
  void close();
}
