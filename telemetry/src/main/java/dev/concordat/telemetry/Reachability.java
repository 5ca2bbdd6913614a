package dev.concordat.telemetry;

import io.opentelemetry.sdk.common.CompletableResultCode;
import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;

/// Says once that the collector cannot be reached, and once that it can again.
final class Reachability {
  private static final System.Logger LOG = System.getLogger(Reachability.class.getName());

  private final String what;
  private final URI where;
  private final AtomicBoolean reachable = new AtomicBoolean(true);

  Reachability(String what, URI where) {
    this.what = what;
    this.where = where;
  }

  CompletableResultCode watch(CompletableResultCode result) {
    return result.whenComplete(() -> tell(result.isSuccess()));
  }

  private void tell(boolean success) {
    if (reachable.getAndSet(success) == success) {
      return;
    }
    if (success) {
      LOG.log(System.Logger.Level.INFO, "the collector at {0} takes {1} again", where, what);
    } else {
      LOG.log(
          System.Logger.Level.WARNING,
          "the collector at {0} takes no {1}: they are dropped until it does",
          where,
          what);
    }
  }
}
