package dev.concordat.telemetry;

import dev.concordat.core.Observer.Activity;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.DoubleHistogram;
import io.opentelemetry.api.metrics.LongCounter;
import io.opentelemetry.api.metrics.Meter;
import io.opentelemetry.api.metrics.ObservableDoubleGauge;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;
import java.util.function.Function;

/// The instruments of one service, made when first used.
final class Meters {
  private static final System.Logger LOG = System.getLogger(Meters.class.getName());
  private static final String DURATION = "concordat.duration";
  private static final AttributeKey<String> KIND = AttributeKey.stringKey("kind");
  private static final AttributeKey<String> NAME = AttributeKey.stringKey("name");
  private static final AttributeKey<String> CODE = AttributeKey.stringKey("code");
  private static final double NANOS = 1e9;
  // A name is a constant in the code; more than this is a mistake that must not eat the memory.
  private static final int MAX_INSTRUMENTS = 1_000;
  private static final List<Double> SECONDS =
      List.of(
          0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
          30.0);

  private final Meter meter;
  private final Map<String, LongCounter> counters = new ConcurrentHashMap<>();
  private final Map<String, DoubleHistogram> histograms = new ConcurrentHashMap<>();
  private final DoubleHistogram durations;

  Meters(Meter meter) {
    this.meter = meter;
    this.durations = histogram(DURATION);
  }

  void duration(Activity activity, Duration took, String code) {
    durations.record(
        took.toNanos() / NANOS,
        Attributes.of(
            KIND,
            activity.kind().name().toLowerCase(Locale.ROOT),
            NAME,
            activity.name(),
            CODE,
            code));
  }

  void count(String metric, long by, Attributes attributes) {
    instrument(counters, metric, name -> meter.counterBuilder(name).build())
        .ifPresent(counter -> counter.add(by, attributes));
  }

  void record(String metric, double value, Attributes attributes) {
    instrument(histograms, metric, this::histogram)
        .ifPresent(histogram -> histogram.record(value, attributes));
  }

  Runnable gauge(String metric, Attributes attributes, DoubleSupplier value) {
    ObservableDoubleGauge gauge =
        meter
            .gaugeBuilder(metric)
            .buildWithCallback(measurement ->
                read(metric, value).ifPresent(v -> measurement.record(v, attributes)));
    return gauge::close;
  }

  private static OptionalDouble read(String metric, DoubleSupplier value) {
    try {
      return OptionalDouble.of(value.getAsDouble());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.DEBUG, "the gauge " + metric + " cannot be read", e);
      return OptionalDouble.empty();
    }
  }

  private DoubleHistogram histogram(String name) {
    var builder = meter.histogramBuilder(name);
    if (name.endsWith(".duration")) {
      builder.setUnit("s").setExplicitBucketBoundariesAdvice(SECONDS);
    }
    return builder.build();
  }

  private static <T> Optional<T> instrument(
      Map<String, T> instruments, String name, Function<String, T> maker) {
    if (instruments.size() >= MAX_INSTRUMENTS && !instruments.containsKey(name)) {
      return Optional.empty();
    }
    return Optional.of(instruments.computeIfAbsent(name, maker));
  }
}
