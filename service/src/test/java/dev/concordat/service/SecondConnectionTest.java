package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.service.reader.v1.ReaderOwner;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Whoever asks a service for a connection while a transaction keeps one is told.
class SecondConnectionTest {
  private static final Logger LOGGER = Logger.getLogger("dev.concordat.events");

  private final Service<ReaderOwner> reader =
      Concordat.service(
          ReaderOwner.OWNER, TestDatabases.environment("reader", TestDatabases.create("shared")));
  private final Ear ear = new Ear();

  @BeforeEach
  void listen() {
    LOGGER.addHandler(ear);
  }

  @AfterEach
  void close() {
    LOGGER.removeHandler(ear);
    reader.close();
  }

  @Test
  void aConnectionOfTheServiceBesideThatOfATransaction() throws Exception {
    try (var tx = reader.begin()) {
      askForOne();
      tx.commit();
    }

    assertThat(ear.lines)
        .singleElement()
        .asString()
        .contains("SecondConnectionTest.askForOne")
        .contains("takes another connection");
  }

  @Test
  void aConnectionBeforeAndAfterIsFine() throws Exception {
    askForOne();
    try (var tx = reader.begin()) {
      tx.commit();
    }
    askForOne();

    assertThat(ear.lines).isEmpty();
  }

  private void askForOne() throws Exception {
    reader.database().getConnection().close();
  }

  private static final class Ear extends Handler {
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    @Override
    public void publish(LogRecord line) {
      lines.add(new SimpleFormatter().formatMessage(line));
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
