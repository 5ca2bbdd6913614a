package dev.concordat.contract;

import com.google.api.AnnotationsProto;
import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.Descriptors.MethodDescriptor;
import dev.concordat.contract.v1.Call;
import dev.concordat.contract.v1.Exposure;
import dev.concordat.contract.v1.KeyUse;
import dev.concordat.contract.v1.OptionsProto;

/// How a method is asked.
final class CallRules {
  private static final int CALL = OptionsProto.CALL_FIELD_NUMBER;

  private CallRules() {}

  static void check(MethodDescriptor method, Findings out) {
    Call call = KnownOptions.of(method).getExtension(OptionsProto.call);
    if (!call.hasDeadline()) {
      out.add(
          Rule.CALL_HAS_DEADLINE,
          method,
          CALL,
          "has no deadline",
          "add: option (concordat.v1.call) = {deadline: {seconds: 2}};");
    }
    durations(method, call, out);
    open(method, call, out);
    if (call.getIdempotencyKey() == KeyUse.KEY_USE_REQUIRED && Shape.of(method) != Shape.UNARY) {
      out.add(
          Rule.KEYED_CALL_IS_UNARY,
          method,
          CALL,
          "needs an idempotency key, but streams: there is no one answer to give again",
          "make it unary, or drop idempotency_key");
    }
    repeats(method, call, out);
    if (call.getExposure() == Exposure.EXPOSURE_PUBLIC
        && !KnownOptions.of(method).hasExtension(AnnotationsProto.http)
        && !ExemptionRules.exempt(method, Rule.PUBLIC_CALL_HAS_ROUTE)) {
      out.add(
          Rule.PUBLIC_CALL_HAS_ROUTE,
          method,
          CALL,
          "is public, but the edge has no route to it",
          "add a google.api.http rule, or make it EXPOSURE_INTERNAL");
    }
  }

  private static void repeats(MethodDescriptor method, Call call, Findings out) {
    boolean safe =
        KnownOptions.of(method).getIdempotencyLevel() == IdempotencyLevel.NO_SIDE_EFFECTS;
    if (call.hasHedgeAfter() && (!safe || method.isClientStreaming())) {
      out.add(
          Rule.HEDGED_CALL_IS_SAFE,
          method,
          CALL,
          "is sent to two instances, but "
              + (safe ? "takes a stream, which cannot be sent twice" : "may have side effects"),
          safe
              ? "drop hedge_after"
              : "add: option idempotency_level = NO_SIDE_EFFECTS; or drop hedge_after");
    }
    if (call.getCoalesce() && (!safe || Shape.of(method) != Shape.UNARY)) {
      out.add(
          Rule.COALESCED_CALL_IS_SAFE,
          method,
          CALL,
          "is shared by those who ask the same, but "
              + (safe ? "streams" : "may have side effects"),
          safe
              ? "drop coalesce"
              : "add: option idempotency_level = NO_SIDE_EFFECTS; or drop coalesce");
    }
  }

  /// A method without deadline is told about that first.
  private static void open(MethodDescriptor method, Call call, Findings out) {
    boolean somebody =
        call.getExposure() == Exposure.EXPOSURE_PUBLIC
            || call.getAllow().getCallersCount() > 0
            || call.getAllow().getScopesCount() > 0;
    if (call.hasDeadline() && !somebody && !ExemptionRules.exempt(method, Rule.CALL_IS_OPEN)) {
      out.add(
          Rule.CALL_IS_OPEN,
          method,
          CALL,
          "is closed: nobody may call it",
          "add allow: {callers: [\"<who calls it>\"]}, or exposure: EXPOSURE_PUBLIC");
    }
  }

  private static void durations(MethodDescriptor method, Call call, Findings out) {
    var durations = new DurationRules(method, CALL, out);
    durations.positive(call.hasDeadline(), call.getDeadline(), "call.deadline");
    durations.positive(call.hasMaxDeadline(), call.getMaxDeadline(), "call.max_deadline");
    durations.positive(call.hasHedgeAfter(), call.getHedgeAfter(), "call.hedge_after");
    durations.positive(call.hasIdle(), call.getIdle(), "call.idle");
    durations.positive(
        call.getSlo().hasLatencyP99(), call.getSlo().getLatencyP99(), "call.slo.latency_p99");
    if (call.hasDeadline() && call.hasMaxDeadline()) {
      durations.ordered(
          Rule.DEADLINE_WITHIN_MAX,
          Policies.duration(call.getDeadline()),
          Policies.duration(call.getMaxDeadline()),
          "call.deadline",
          "call.max_deadline");
    }
  }
}
