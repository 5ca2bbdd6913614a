package dev.concordat.contract;

import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import com.google.protobuf.Message;
import dev.concordat.contract.v1.Call;
import dev.concordat.contract.v1.OptionsProto;
import java.time.Duration;
import java.util.Optional;

/// What the contract says about a method's streams.
///
/// @param idle how long a stream may go without a message before it is given up; default 5 minutes
/// @param resume the field of the response that says where a broken stream can be gone on with
public record Streaming(Duration idle, Optional<FieldDescriptor> resume) {
  private static final Duration IDLE = Duration.ofMinutes(5);

  static Streaming of(MethodDescriptor method) {
    Call call = KnownOptions.of(method).getExtension(OptionsProto.call);
    return new Streaming(
        call.hasIdle() ? Policies.duration(call.getIdle()) : IDLE,
        call.getResume().isEmpty() ? Optional.empty() : Optional.of(field(method, call)));
  }

  private static FieldDescriptor field(MethodDescriptor method, Call call) {
    FieldDescriptor field = method.getOutputType().findFieldByName(call.getResume());
    if (field == null || field.isRepeated()) {
      throw new IllegalArgumentException(
          "%s says resume: \"%s\", but %s has no such single field; name one of its fields"
              .formatted(
                  method.getFullName(), call.getResume(), method.getOutputType().getFullName()));
    }
    return field;
  }

  /// Where to go on after this message; empty when the contract does not say.
  public Optional<String> after(Message message) {
    return resume.map(field ->
        String.valueOf(
            message.getField(message.getDescriptorForType().findFieldByName(field.getName()))));
  }
}
