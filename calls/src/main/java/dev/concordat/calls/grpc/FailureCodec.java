package dev.concordat.calls.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import io.grpc.Metadata;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A failure on the wire: the gRPC status, and beside it `google.rpc.Status` with `BadRequest`,
/// `ErrorInfo` and `RetryInfo`, which any gRPC client can read.
///
/// Cut to size, since trailers larger than the caller's limit would hide the failure altogether.
///
/// Source: `google/rpc/error_details.proto`; AIP-193.
public final class FailureCodec {
  private static final Metadata.Key<byte[]> DETAILS =
      Metadata.Key.of("grpc-status-details-bin", Metadata.BINARY_BYTE_MARSHALLER);

  /// Set by the callee when it refused before any work was begun, so that even an unsafe call may
  /// be tried elsewhere. Not part of [Failure]: it is true of one hop only.
  private static final Metadata.Key<String> REFUSED =
      Metadata.Key.of("concordat-refused", Metadata.ASCII_STRING_MARSHALLER);

  /// gRPC's own word on trying again: milliseconds to wait, or not at all when negative.
  ///
  /// Source: gRFC A6, server pushback.
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  private static final String NEVER = "-1";
  private static final String DOMAIN = "concordat.dev";
  private static final int MESSAGE_CHARS = 1_000;
  private static final int VIOLATION_CHARS = 200;
  private static final int VIOLATIONS = 20;

  private FailureCodec() {}

  public static Status status(Failure failure) {
    return Status.fromCodeValue(failure.code().number())
        .withDescription(cut(failure.message(), MESSAGE_CHARS));
  }

  public static Metadata trailers(Failure failure, boolean refused) {
    Metadata trailers = new Metadata();
    trailers.put(DETAILS, encode(failure));
    if (refused) {
      trailers.put(REFUSED, "true");
    }
    pushback(failure).ifPresent(wait -> trailers.put(PUSHBACK, wait));
    return trailers;
  }

  /// What a client that knows only gRPC's own retries reads.
  private static Optional<String> pushback(Failure failure) {
    return failure.details().settled()
        ? Optional.of(NEVER)
        : failure.details().retryAfter().map(wait -> Long.toString(wait.toMillis()));
  }

  public static boolean refused(@Nullable Metadata trailers) {
    return trailers != null && "true".equals(trailers.get(REFUSED));
  }

  /// The failure that a callee sent; what it did not say about itself is left empty.
  public static Failure read(Status status, @Nullable Metadata trailers) {
    byte[] details = trailers == null ? null : trailers.get(DETAILS);
    Code code = Code.of(status.getCode().value());
    String message = status.getDescription() == null ? code.name() : status.getDescription();
    Failure bare =
        status.getCause() == null
            ? Failure.of(code, message)
            : Failure.of(code, message, status.getCause());
    Failure told = details == null ? bare : bare.with(details(details));
    String pushback = trailers == null ? null : trailers.get(PUSHBACK);
    return pushback == null ? told : told.with(pushedBack(told.details(), pushback));
  }

  /// What cannot be read counts as "not at all", as gRFC A6 has it.
  private static Failure.Details pushedBack(Failure.Details details, String pushback) {
    try {
      int millis = Integer.parseInt(pushback);
      if (millis >= 0) {
        return details.retryAfter().isPresent()
            ? details
            : details.withRetryAfter(java.time.Duration.ofMillis(millis));
      }
    } catch (NumberFormatException e) {
      return details.withSettled(true);
    }
    return details.withSettled(true);
  }

  public static byte[] encode(Failure failure) {
    Failure.Details details = failure.details();
    var status =
        com.google.rpc.Status.newBuilder()
            .setCode(failure.code().number())
            .setMessage(cut(failure.message(), MESSAGE_CHARS));
    status.addDetails(Any.pack(info(details)));
    details
        .retryAfter()
        .ifPresent(wait ->
            status.addDetails(
                Any.pack(
                    RetryInfo.newBuilder()
                        .setRetryDelay(
                            Duration.newBuilder()
                                .setSeconds(wait.getSeconds())
                                .setNanos(wait.getNano()))
                        .build())));
    if (!details.violations().isEmpty()) {
      status.addDetails(Any.pack(badRequest(details.violations())));
    }
    return status.build().toByteArray();
  }

  /// What [#encode] wrote.
  public static Failure decode(byte[] bytes) {
    try {
      var status = com.google.rpc.Status.parseFrom(bytes);
      return Failure.of(Code.of(status.getCode()), status.getMessage()).with(details(bytes));
    } catch (InvalidProtocolBufferException e) {
      return Failure.of(Code.UNKNOWN, "a failure that cannot be read", e);
    }
  }

  private static ErrorInfo info(Failure.Details details) {
    ErrorInfo.Builder info = ErrorInfo.newBuilder().setDomain(DOMAIN).setReason(details.reason());
    if (!details.decidedBy().isEmpty()) {
      info.putMetadata("decided_by", details.decidedBy());
    }
    if (details.attempts() > 0) {
      info.putMetadata("attempts", Integer.toString(details.attempts()));
    }
    if (details.settled()) {
      info.putMetadata("settled", "true");
    }
    return info.build();
  }

  private static BadRequest badRequest(List<Violation> violations) {
    BadRequest.Builder bad = BadRequest.newBuilder();
    violations.stream()
        .limit(VIOLATIONS)
        .forEach(v ->
            bad.addFieldViolations(
                BadRequest.FieldViolation.newBuilder()
                    .setField(cut(v.field(), VIOLATION_CHARS))
                    .setReason(v.rule())
                    .setDescription(cut(v.description(), VIOLATION_CHARS))));
    return bad.build();
  }

  private static Failure.Details details(byte[] bytes) {
    Failure.Details details = Failure.Details.NONE;
    try {
      for (Any any : com.google.rpc.Status.parseFrom(bytes).getDetailsList()) {
        details = withDetail(details, any);
      }
    } catch (InvalidProtocolBufferException e) {
      // A stranger's details are a courtesy: the code and the message stand without them.
      return details;
    }
    return details;
  }

  private static Failure.Details withDetail(Failure.Details details, Any any)
      throws InvalidProtocolBufferException {
    if (any.is(ErrorInfo.class)) {
      return withInfo(details, any.unpack(ErrorInfo.class));
    }
    if (any.is(RetryInfo.class)) {
      Duration wait = any.unpack(RetryInfo.class).getRetryDelay();
      return details.withRetryAfter(
          java.time.Duration.ofSeconds(wait.getSeconds(), wait.getNanos()));
    }
    if (any.is(BadRequest.class)) {
      List<Violation> violations = new ArrayList<>();
      for (var v : any.unpack(BadRequest.class).getFieldViolationsList()) {
        violations.add(new Violation(v.getField(), v.getReason(), v.getDescription()));
      }
      return details.withViolations(violations);
    }
    return details;
  }

  private static Failure.Details withInfo(Failure.Details details, ErrorInfo info) {
    Failure.Details named = details.withReason(info.getReason());
    if (!info.getDomain().equals(DOMAIN)) {
      return named;
    }
    return named
        .withDecidedBy(info.getMetadataOrDefault("decided_by", ""))
        .withAttempts(number(info.getMetadataOrDefault("attempts", "0")))
        .withSettled(info.getMetadataOrDefault("settled", "").equals("true"));
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static String cut(String text, int max) {
    return text.length() <= max ? text : text.substring(0, max - 1) + "…";
  }

  public static Failure tooLarge(String what, int bytes, int limit) {
    return Failure.of(
            Code.RESOURCE_EXHAUSTED,
            "%s of %,d bytes is larger than the limit of %,d bytes".formatted(what, bytes, limit))
        .with(Failure.Details.NONE.withDecidedBy("wire").withReason("MESSAGE_TOO_LARGE"));
  }

  public static Failure tooLarge(String what, int limit) {
    return Failure.of(
            Code.RESOURCE_EXHAUSTED,
            "%s is larger than the limit of %,d bytes once it is unpacked".formatted(what, limit))
        .with(Failure.Details.NONE.withDecidedBy("wire").withReason("MESSAGE_TOO_LARGE"));
  }

  public static Failure unreadable(String type, Exception cause) {
    return Failure.of(Code.INVALID_ARGUMENT, "the bytes received are no " + type, cause)
        .with(Failure.Details.NONE.withDecidedBy("wire").withReason("MALFORMED_MESSAGE"));
  }
}
