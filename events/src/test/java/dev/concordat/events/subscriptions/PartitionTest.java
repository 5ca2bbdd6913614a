package dev.concordat.events.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.ManualClock;
import dev.concordat.events.claims.Claim;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PartitionTest {
  private static final long SECOND = 1_000_000_000;

  private final Partition partition = new Partition(new Claim("x", 0, 1), 5, List.of());

  @Test
  void patienceBeginsAnewWhenItMayStayAfterAll() {
    long first = partition.leavingSince();
    assertThat(partition.leavingSince()).as("asked again").isEqualTo(first);
    partition.stays();
    assertThat(partition.leavingSince()).isGreaterThan(first);
  }

  @Test
  void itStandsOnlyWhileMessagesWaitAndItDoesNotComeOn() {
    assertThat(partition.standing(5, 10 * SECOND)).as("nothing waits").isZero();
    assertThat(partition.standing(7, 20 * SECOND)).isEqualTo(10 * SECOND);
    var entry = partition.progress().begin(5);
    partition.progress().end(entry);
    assertThat(partition.standing(7, 30 * SECOND)).as("it has come on").isZero();
    assertThat(partition.standing(7, 90 * SECOND)).isEqualTo(60 * SECOND);
  }

  @Test
  void whatIsDownIsKnownUntilSomethingWorks() {
    ManualClock clock = new ManualClock();
    Gate gate = new Gate(clock);
    assertThat(gate.down()).isEmpty();
    gate.shut(Optional.empty(), "no answer");
    var since = clock.now();
    clock.advance(Duration.ofSeconds(9));
    gate.shut(Optional.empty(), "still none");
    assertThat(gate.down()).contains(new Down(since, "still none"));
    gate.worked();
    assertThat(gate.down()).isEmpty();
  }
}
