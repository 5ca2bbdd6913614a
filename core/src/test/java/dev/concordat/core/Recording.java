package dev.concordat.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// An observation that a test can read.
final class Recording implements Observation {
  final List<String> events = new ArrayList<>();

  @Override
  public Context context() {
    return Context.root();
  }

  @Override
  public void set(String attribute, String value) {}

  @Override
  public void event(String name, Map<String, String> attributes) {
    events.add(name + " " + attributes);
  }

  @Override
  public void failed(Throwable failure) {}

  @Override
  public void close() {}
}
