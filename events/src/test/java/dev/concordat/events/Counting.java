package dev.concordat.events;

import dev.concordat.core.Observation;
import dev.concordat.core.Observer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;

/// An observer that remembers counts and activities.
public final class Counting implements Observer {
  private final Map<String, AtomicLong> counts = new ConcurrentHashMap<>();
  private final Map<String, DoubleSupplier> gauges = new ConcurrentHashMap<>();
  private final List<Activity> activities = new CopyOnWriteArrayList<>();

  /// The gauge of this name that was registered last.
  public double gauge(String metric) {
    DoubleSupplier value = gauges.get(metric);
    return value == null ? 0 : value.getAsDouble();
  }

  public long count(String metric) {
    return counts.getOrDefault(metric, new AtomicLong()).get();
  }

  public List<Activity> activities() {
    return activities;
  }

  @Override
  public Observation begin(Activity activity) {
    activities.add(activity);
    return Observer.NONE.begin(activity);
  }

  @Override
  public void count(String metric, long by, Map<String, String> attributes) {
    counts.computeIfAbsent(metric, any -> new AtomicLong()).addAndGet(by);
  }

  @Override
  public void record(String metric, double value, Map<String, String> attributes) {}

  @Override
  public Runnable gauge(String metric, Map<String, String> attributes, DoubleSupplier value) {
    gauges.put(metric, value);
    return () -> {};
  }
}
