package dev.concordat.cli;

import dev.concordat.core.Clock;
import dev.concordat.service.v1.DeadLetterFilter;
import java.util.Optional;
import picocli.CommandLine.Option;

/// Options that say which dead letters are meant: those for which all of them are true.
final class DeadLetterSelection {
  @Option(names = "--of", paramLabel = "NAME", description = "Of this subscription or queue.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--topic",
      paramLabel = "TYPE",
      description = "Of this type of message; the end of its name is enough: OrderConfirmed.")
  private Optional<String> topic = Optional.empty();

  @Option(names = "--key", paramLabel = "KEY", description = "Of this key.")
  private Optional<String> key = Optional.empty();

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      description = "With this in the reason, in any case.")
  private Optional<String> reason = Optional.empty();

  @Option(
      names = "--older-than",
      paramLabel = "WHEN",
      description = "Given up on before: an instant, or a time ago as 2h.")
  private Optional<String> before = Optional.empty();

  @Option(
      names = "--newer-than",
      paramLabel = "WHEN",
      description = "Given up on since: an instant, or a time ago as 2h.")
  private Optional<String> after = Optional.empty();

  boolean saysNothing() {
    return filter().equals(DeadLetterFilter.getDefaultInstance());
  }

  DeadLetterFilter filter() {
    DeadLetterFilter.Builder filter = DeadLetterFilter.newBuilder();
    name.ifPresent(filter::setName);
    topic.ifPresent(filter::setTopic);
    key.ifPresent(filter::setKey);
    reason.ifPresent(filter::setReason);
    before.map(DeadLetterSelection::moment).ifPresent(filter::setDiedBefore);
    after.map(DeadLetterSelection::moment).ifPresent(filter::setDiedAfter);
    return filter.build();
  }

  private static com.google.protobuf.Timestamp moment(String text) {
    String when = text.matches("\\d+(ms|s|m|h|d)") ? "-" + text : text;
    return Moments.timestamp(Moments.parse(when, Clock.SYSTEM.now()));
  }
}
