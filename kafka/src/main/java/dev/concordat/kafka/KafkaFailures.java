package dev.concordat.kafka;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/// What an error of Kafka means to the conversation. What may pass by itself is `UNAVAILABLE`.
final class KafkaFailures {
  private KafkaFailures() {}

  static Failure of(Throwable error, Settings settings, String doing) {
    if (error instanceof Failure failure) {
      return failure;
    }
    if (error instanceof InterruptException) {
      return Failure.of(Code.CANCELLED, "interrupted while " + doing, error);
    }
    Throwable cause = decisive(error);
    String text = doing + " at Kafka (" + settings.bootstrap() + "): " + text(cause);
    return switch (cause) {
      case AuthenticationException _ ->
          Failure.of(Code.UNAUTHENTICATED, text + "; look at the log's properties", error);
      case AuthorizationException _ -> Failure.of(Code.PERMISSION_DENIED, text, error);
      case RecordTooLargeException _ -> Failure.of(Code.INVALID_ARGUMENT, text, error);
      case InvalidReplicationFactorException _ ->
          Failure.of(Code.FAILED_PRECONDITION, text + "; lower ?replication=", error);
      default -> Failure.of(Code.UNAVAILABLE, text, error);
    };
  }

  /// The answer, or the failure that it means.
  static <T> T get(KafkaFuture<T> future, Settings settings, String doing) {
    return get(future, Duration.ofMillis(Settings.OPERATION_MILLIS * 2L), settings, doing);
  }

  static <T> T get(KafkaFuture<T> future, Duration patience, Settings settings, String doing) {
    try {
      return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw of(e.getCause() == null ? e : e.getCause(), settings, doing);
    } catch (TimeoutException e) {
      throw of(e, settings, doing);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted while " + doing, e);
    }
  }

  /// A producer that has failed says only that it has; why stands below.
  private static Throwable decisive(Throwable error) {
    @Nullable Throwable each = error;
    while (each != null) {
      if (each instanceof AuthenticationException
          || each instanceof AuthorizationException
          || each instanceof RecordTooLargeException
          || each instanceof InvalidReplicationFactorException) {
        return each;
      }
      each = each.getCause();
    }
    return error;
  }

  private static String text(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }
}
