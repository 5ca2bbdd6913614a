package dev.concordat.calls.grpc;

import dev.concordat.calls.wire.Health;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/// Asks an instance whether it takes calls. One that does not know the question was reached at
/// least, and takes calls as far as anybody knows.
///
/// Source: `grpc.health.v1` (gRPC Health Checking Protocol).
final class HealthCheck {
  private HealthCheck() {}

  static Health ask(Channel channel, Duration patience) throws InterruptedException {
    io.grpc.Context caller = io.grpc.Context.ROOT.attach();
    try {
      HealthCheckResponse answer =
          HealthGrpc.newBlockingV2Stub(channel)
              .withDeadlineAfter(patience.toNanos(), TimeUnit.NANOSECONDS)
              .check(HealthCheckRequest.getDefaultInstance());
      return answer.getStatus() == HealthCheckResponse.ServingStatus.NOT_SERVING
          ? Health.NOT_SERVING
          : Health.SERVING;
    } catch (StatusException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      return reached(e.getStatus()) ? Health.SERVING : Health.UNREACHABLE;
    } finally {
      io.grpc.Context.ROOT.detach(caller);
    }
  }

  private static boolean reached(Status status) {
    return switch (status.getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> false;
      default -> true;
    };
  }
}
