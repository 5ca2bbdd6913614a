package dev.concordat.events.outbox;

import dev.concordat.core.Background;
import dev.concordat.core.Failure;
import dev.concordat.events.Parts;
import dev.concordat.events.claims.Claims;
import dev.concordat.events.loop.Loop;
import dev.concordat.events.loop.Signal;
import dev.concordat.events.store.Channel;
import java.time.Duration;
import java.util.Map;

/// Wakes the sequencer from other processes of the service: they ring, by a `NOTIFY` in the
/// service's own database after their commits; the process that cuts the ticks listens, on one
/// connection of its pool, as long as there are others. What it does not hear it finds by looking.
final class Bell {
  private static final String CHANNEL = "concordat_outbox";

  private final Parts parts;
  private final Claims claims;
  private final Channel channel;
  private final Signal changed = new Signal();
  private final Loop ear;
  private volatile boolean stopping;

  Bell(Parts parts, Claims claims) {
    this.parts = parts;
    this.claims = claims;
    this.channel = new Channel(parts.database(), CHANNEL);
    this.ear = new Loop("bell", changed, parts.observer(), this::hear);
  }

  void start(Background background) {
    ear.start(background);
  }

  /// Listens no more, a moment later.
  void stop() {
    stopping = true;
    ear.stop();
  }

  /// Who holds what has changed.
  void changed() {
    changed.raise();
  }

  /// There is something to tell.
  void ring() {
    try {
      channel.tell("");
    } catch (Failure e) {
      parts.observer().count("concordat.events.rings.failed", 1, Map.of("code", e.code().name()));
    }
  }

  private Duration hear() {
    boolean listened = ringsForUs() && channel.listen(this::ringsForUs, _ -> parts.wake().raise());
    return listened ? Duration.ZERO : parts.options().lease().dividedBy(3);
  }

  private boolean ringsForUs() {
    return !stopping
        && claims.held(Sequencer.CLAIM).containsKey(0)
        && claims.others(Sequencer.CLAIM) > 0;
  }
}
