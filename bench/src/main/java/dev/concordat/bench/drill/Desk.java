package dev.concordat.bench.drill;

import dev.concordat.bench.drill.v1.DigRequest;
import dev.concordat.bench.drill.v1.DigResponse;
import dev.concordat.bench.drill.v1.DrillApi;
import dev.concordat.bench.drill.v1.LookRequest;
import dev.concordat.bench.drill.v1.LookResponse;
import dev.concordat.bench.drill.v1.StrikeRequest;
import dev.concordat.bench.drill.v1.StrikeResponse;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.time.Duration;

/// Answers what the drills ask.
class Desk implements DrillApi {
  private static final long PID = ProcessHandle.current().pid();

  @Override
  public LookResponse look(LookRequest request) {
    return LookResponse.newBuilder().setPid(PID).build();
  }

  @Override
  public StrikeResponse strike(StrikeRequest request) {
    try {
      Clock.SYSTEM.sleep(Duration.ofMillis(request.getWorkMs()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "the caller has gone", e);
    }
    return StrikeResponse.newBuilder().setPid(PID).build();
  }

  @Override
  public DigResponse dig(DigRequest request) {
    throw Failure.of(Code.UNIMPLEMENTED, "this one is not in a chain");
  }
}
