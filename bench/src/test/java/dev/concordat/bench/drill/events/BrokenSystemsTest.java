package dev.concordat.bench.drill.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.bench.drill.Postgres;
import dev.concordat.bench.promises.Breach;
import dev.concordat.core.Clock;
import dev.concordat.service.DatabaseServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The drill's load and checker, small and in this process: a sound system passes, and mistakes
/// that need no kill are found. All mistakes, with kills, are in `./concordat drill events-broken`.
class BrokenSystemsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int RATE = 400;
  private static final int MANY = 200;

  @TempDir private static Path folder;
  private static Postgres postgres;

  private final List<Player> players = new ArrayList<>();
  private DatabaseServer server;

  @BeforeAll
  static void start() {
    postgres = new Postgres(folder);
  }

  @AfterAll
  static void end() {
    postgres.close();
  }

  @BeforeEach
  void databases() {
    server = new DatabaseServer("127.0.0.1", postgres.port(), "postgres");
    for (String name : List.of(Scene.TILL, Scene.BOOKS, Scene.LOG)) {
      Tables.execute(
          Postgres.source(postgres.url()), "drop database if exists " + name + " with (force)");
    }
    server.create(List.of(Scene.TILL, Scene.BOOKS, Scene.LOG));
  }

  @AfterEach
  void close() {
    players.forEach(Player::stop);
  }

  private Scene scene(Flaw flaw) {
    Scene scene = new Scene(server, server.url(Scene.LOG), Duration.ofSeconds(5), RATE, 1, flaw);
    Tables.create(scene, Selling.ACCOUNTS);
    return scene;
  }

  private void enter(Scene scene, Role... roles) {
    for (Role role : roles) {
      players.add(Player.start(scene, role, Clock.SYSTEM, System.nanoTime()));
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      LockSupport.parkNanos(20_000_000);
    }
  }

  @Test
  void nothingIsFoundInASoundSystem() {
    Scene scene = scene(Flaw.NONE);
    Books books = new Books(scene);
    enter(scene, Role.SEQUENCER, Role.CONSUMER, Role.WORKER, Role.RUNNER, Role.PUBLISHER);
    await("much is told", () -> books.standing().told() > MANY);

    assertThat(players.removeLast().stop()).isTrue();
    Selling.tellTheLast(scene);

    await("all is handled", () -> books.standing().waiting() == 0);
    assertThat(books.check().breaches()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(names = {"ID_CURSOR", "TOLD_BEFORE_COMMIT"})
  void aMistakeIsFound(Flaw flaw) {
    Scene scene = scene(flaw);
    Books books = new Books(scene);
    enter(scene, Role.SEQUENCER, Role.CONSUMER, Role.PUBLISHER);

    await(
        flaw.mistake() + ": " + flaw.expected(),
        () ->
            books.checkWhileRunning().breaches().stream()
                .map(Breach::kind)
                .anyMatch(flaw.expected()::equals));
  }
}
