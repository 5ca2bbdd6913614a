package dev.concordat.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.bench.drill.Postgres;
import java.io.BufferedReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrphanGuardTest {
  @TempDir Path folder;

  @Test
  void aKilledProcessLeavesNoServerBehind() throws Exception {
    Process owner =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                folder.toString())
            .redirectError(Redirect.appendTo(folder.resolve("owner.log").toFile()))
            .start();
    try (BufferedReader said = owner.inputReader()) {
      assertThat(said.readLine()).isEqualTo("ready");
      Path pid = folder.resolve("postgres/postmaster.pid");
      ProcessHandle server =
          ProcessHandle.of(Long.parseLong(Files.readAllLines(pid).getFirst())).orElseThrow();

      owner.destroyForcibly();

      assertThat(server.onExit().get(60, TimeUnit.SECONDS)).isEqualTo(server);
    } finally {
      owner.destroyForcibly();
    }
  }

  /// Has a server, and never ends by itself.
  static final class Owner {
    public static void main(String[] arguments) throws InterruptedException {
      try (Postgres _ = new Postgres(Path.of(arguments[0]))) {
        System.out.println("ready");
        Thread.currentThread().join();
      }
    }
  }
}
