package dev.concordat.contract;

import com.google.protobuf.Descriptors.GenericDescriptor;
import com.google.protobuf.Duration;

/// What holds for the durations of one element's option.
///
/// @param option the option's number
record DurationRules(GenericDescriptor element, int option, Findings out) {
  void positive(boolean given, Duration duration, String name) {
    if (given && !Policies.duration(duration).isPositive()) {
      out.add(
          Rule.DURATION_IS_POSITIVE,
          element,
          option,
          "sets " + name + " to " + text(Policies.duration(duration)),
          "write a duration longer than nothing, for example {seconds: 2}");
    }
  }

  void ordered(
      Rule rule,
      java.time.Duration smaller,
      java.time.Duration larger,
      String smallerName,
      String largerName) {
    if (larger.isPositive() && smaller.compareTo(larger) > 0) {
      out.add(
          rule,
          element,
          option,
          "sets %s to %s, which is longer than %s, %s"
              .formatted(smallerName, text(smaller), largerName, text(larger)),
          "raise " + largerName + " or lower " + smallerName);
    }
  }

  private static String text(java.time.Duration duration) {
    return Policies.text(duration);
  }
}
