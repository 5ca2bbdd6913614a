package dev.concordat.core;

import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

final class Unobserved implements Observer {
  @Override
  public Observation begin(Activity activity) {
    Context context = activity.context();
    TraceContext trace =
        context
            .trace()
            .map(parent -> parent.child(ThreadLocalRandom.current()))
            .orElseGet(() -> TraceContext.begin(ThreadLocalRandom.current()));
    return new Nothing(context.withTrace(trace).withObservation(Observation.NONE));
  }

  @Override
  public void count(String metric, long by, Map<String, String> attributes) {}

  @Override
  public void record(String metric, double value, Map<String, String> attributes) {}

  @Override
  public Runnable gauge(String metric, Map<String, String> attributes, DoubleSupplier value) {
    return () -> {};
  }

  record Nothing(Context context) implements Observation {
    @Override
    public void set(String attribute, String value) {}

    @Override
    public void event(String name, Map<String, String> attributes) {}

    @Override
    public void failed(Throwable failure) {}

    @Override
    public void close() {}
  }
}
