package dev.concordat.contract;

import com.google.protobuf.DescriptorProtos.MethodOptions;
import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Duration;
import dev.concordat.contract.v1.Call;
import dev.concordat.contract.v1.Exposure;
import dev.concordat.contract.v1.KeyUse;
import dev.concordat.contract.v1.OptionsProto;
import dev.concordat.contract.v1.TaskBackoff;
import dev.concordat.core.Priority;
import java.math.BigDecimal;
import java.util.Optional;

final class Policies {
  private Policies() {}

  static CallPolicy of(MethodDescriptor method) {
    MethodOptions options = KnownOptions.of(method);
    Call call = options.getExtension(OptionsProto.call);
    if (!call.hasDeadline()) {
      throw new IllegalArgumentException(
          method.getFullName()
              + " has no deadline; add: option (concordat.v1.call) = {deadline: {seconds: 2}};");
    }
    java.time.Duration deadline = duration(call.getDeadline());
    return new CallPolicy(
        deadline,
        call.hasMaxDeadline() ? duration(call.getMaxDeadline()) : deadline,
        repeat(call, safety(options.getIdempotencyLevel())),
        priority(call.getPriority()),
        call.getExposure() == Exposure.EXPOSURE_PUBLIC,
        new Allow(call.getAllow().getCallersList(), call.getAllow().getScopesList()));
  }

  static java.time.Duration duration(Duration proto) {
    return java.time.Duration.ofSeconds(proto.getSeconds(), proto.getNanos());
  }

  /// `2.5s`, `0s`, `-1s`.
  static String text(java.time.Duration duration) {
    return BigDecimal.valueOf(duration.getSeconds())
            .add(BigDecimal.valueOf(duration.getNano(), 9))
            .stripTrailingZeros()
            .toPlainString()
        + "s";
  }

  static java.time.Duration firstWait(TaskBackoff backoff) {
    return backoff.hasBase() ? duration(backoff.getBase()) : java.time.Duration.ofSeconds(1);
  }

  static java.time.Duration longestWait(TaskBackoff backoff) {
    return backoff.hasMax() ? duration(backoff.getMax()) : java.time.Duration.ofMinutes(10);
  }

  static Priority priority(dev.concordat.contract.v1.Priority proto) {
    return switch (proto) {
      case PRIORITY_LOW -> Priority.LOW;
      case PRIORITY_HIGH -> Priority.HIGH;
      case PRIORITY_UNSPECIFIED, PRIORITY_NORMAL, UNRECOGNIZED -> Priority.NORMAL;
    };
  }

  /// A contract that was not checked promises no more than the method can bear.
  private static Repeat repeat(Call call, Safety safety) {
    boolean safe = safety == Safety.SAFE;
    return new Repeat(
        safety,
        call.getIdempotencyKey() == KeyUse.KEY_USE_REQUIRED,
        safe && call.hasHedgeAfter()
            ? Optional.of(duration(call.getHedgeAfter()))
            : Optional.empty(),
        safe && call.getCoalesce());
  }

  private static Safety safety(IdempotencyLevel level) {
    return switch (level) {
      case NO_SIDE_EFFECTS -> Safety.SAFE;
      case IDEMPOTENT -> Safety.IDEMPOTENT;
      case IDEMPOTENCY_UNKNOWN -> Safety.UNSAFE;
    };
  }
}
