package dev.concordat.codegen;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.MethodOptions.IdempotencyLevel;
import com.google.protobuf.DescriptorProtos.ServiceDescriptorProto;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Descriptors.ServiceDescriptor;
import com.google.protobuf.Duration;
import dev.concordat.contract.v1.Call;
import dev.concordat.contract.v1.KeyUse;
import dev.concordat.contract.v1.OptionsProto;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;

/// Javadoc of services and methods: the contract's comment, then what the policy means to who
/// calls.
final class Docs {
  private Docs() {}

  static String of(ServiceDescriptor service, String... after) {
    return Comments.javadoc(
        "", described(comment(service), "The service", service.getFullName(), after));
  }

  static String of(MethodDescriptor method) {
    return Comments.javadoc(
        "  ", described(comment(method), "The method", method.getFullName(), policy(method)));
  }

  private static List<String> described(
      List<String> comment, String kind, String name, String... after) {
    List<String> lines =
        new ArrayList<>(comment.isEmpty() ? List.of(kind + " `" + name + "`.") : comment);
    for (String paragraph : after) {
      lines.add("");
      paragraph.lines().forEach(lines::add);
    }
    return lines;
  }

  private static List<String> comment(ServiceDescriptor service) {
    return Comments.of(
        service.getFile(), List.of(FileDescriptorProto.SERVICE_FIELD_NUMBER, service.getIndex()));
  }

  private static List<String> comment(MethodDescriptor method) {
    return Comments.of(
        method.getFile(),
        List.of(
            FileDescriptorProto.SERVICE_FIELD_NUMBER,
            method.getService().getIndex(),
            ServiceDescriptorProto.METHOD_FIELD_NUMBER,
            method.getIndex()));
  }

  private static String policy(MethodDescriptor method) {
    Call call = method.getOptions().getExtension(OptionsProto.call);
    String most = call.hasMaxDeadline() ? ", at most " + time(call.getMaxDeadline()) : "";
    return "Deadline: " + time(call.getDeadline()) + most + " · " + safety(method, call) + ".";
  }

  private static String safety(MethodDescriptor method, Call call) {
    if (call.getIdempotencyKey() == KeyUse.KEY_USE_REQUIRED) {
      return "needs an idempotency key: the same key gets the same answer";
    }
    IdempotencyLevel level = method.getOptions().getIdempotencyLevel();
    return switch (level) {
      case NO_SIDE_EFFECTS -> "changes nothing and may be retried";
      case IDEMPOTENT -> "twice is as good as once, and may be retried";
      case IDEMPOTENCY_UNKNOWN -> "retried only with an idempotency key";
    };
  }

  private static String time(Duration duration) {
    return BigDecimal.valueOf(duration.getSeconds())
            .add(BigDecimal.valueOf(duration.getNanos(), 9))
            .stripTrailingZeros()
            .toPlainString()
        + " s";
  }
}
