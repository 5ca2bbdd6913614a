package dev.concordat.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `up` as its user meets it: a process, a data folder, signals.
class UpTest {
  @TempDir Path folder;

  @Test
  void dataSurvivesARestart() throws Exception {
    try (UpProcess up = up().awaitReady()) {
      assertThat(visit(up)).isEqualTo("1");
      assertThat(visit(up)).isEqualTo("2");
      assertThat(up.text()).contains("  counter has not reached moon yet\n");
      up.terminate();
      assertThat(up.awaitEnd()).isZero();
      assertThat(up.text()).contains("stopped; the data stays in " + folder);
      assertThat(folder.resolve("system.json")).doesNotExist();
    }
    try (UpProcess up = up().awaitReady()) {
      assertThat(visit(up)).isEqualTo("3");
    }
  }

  @Test
  void killedSystemStartsAgainOnItsData() throws Exception {
    try (UpProcess up = up().awaitReady()) {
      assertThat(visit(up)).isEqualTo("1");
      up.kill();
    }
    assertThat(run("trace", "x").text()).contains("no running system in " + folder);
    try (UpProcess up = up().awaitReady()) {
      assertThat(visit(up)).isEqualTo("2");
    }
  }

  @Test
  void freshBeginsWithEmptyDataAndLeavesWhatIsNotOurs() throws Exception {
    try (UpProcess up = up().awaitReady()) {
      assertThat(visit(up)).isEqualTo("1");
    }
    Path note = Files.writeString(folder.resolve("note.txt"), "mine");
    try (UpProcess up = up("--fresh").awaitReady()) {
      assertThat(visit(up)).isEqualTo("1");
      assertThat(note).hasContent("mine");
    }
  }

  @Test
  void partsInProcessesAreStartedAgainWhenKilled() throws Exception {
    try (UpProcess up = up("--processes").awaitReady()) {
      assertThat(visit(up)).isEqualTo("1");
      assertThat(up.text()).contains("  counter has not reached moon yet\n");
      long pid = pid("counter");
      assertThat(up.line("counter").orElseThrow()).contains("pid " + pid);
      ProcessHandle.of(pid).orElseThrow().destroyForcibly();
      assertThat(Waiting.until(() -> up.text().contains("started again"), Duration.ofSeconds(30)))
          .isTrue();
      assertThat(pid("counter")).isNotEqualTo(pid);
      assertThat(visit(up)).isEqualTo("2");
    }
  }

  @Test
  void childrenEndWhenTheirParentIsKilled() {
    List<ProcessHandle> children;
    try (UpProcess up = up("--processes").awaitReady()) {
      children =
          SystemFile.read(folder).parts().values().stream()
              .flatMap(place -> ProcessHandle.of(place.pid()).stream())
              .toList();
      assertThat(children).hasSize(3);
      up.kill();
    }
    assertThat(
            Waiting.until(
                () -> children.stream().noneMatch(ProcessHandle::isAlive), Duration.ofSeconds(30)))
        .isTrue();
    up().awaitReady().close(); // which also ends the PostgreSQL that was left behind
  }

  @Nested
  class IsRefusedInOneSentence {
    @Test
    void whenAnotherRunsOnTheSameFolder() {
      try (UpProcess _ = up().awaitReady();
          UpProcess second = up()) {
        assertThat(second.awaitEnd()).isEqualTo(1);
        assertThat(second.text())
            .endsWith(
                "concordat: a system is running on "
                    + folder
                    + "; stop it first, or choose another --data DIR\n");
      }
    }

    @Test
    void whenThePortIsUsed() throws IOException {
      try (ServerSocket taken = new ServerSocket(0)) {
        String port = Integer.toString(taken.getLocalPort());
        assertRefused(run("up", "--port", port), "port " + port + " on 127.0.0.1 cannot be had");
      }
    }

    @Test
    void whenTheFolderIsForeign() throws IOException {
      Files.writeString(folder.resolve("thesis.tex"), "years of work");
      assertRefused(run("up"), "holds files that are not Concordat's (thesis.tex)");
      assertThat(folder).isDirectoryContaining("glob:**/thesis.tex");
    }

    @Test
    void whenTheFolderIsAFile() throws IOException {
      Path file = Files.writeString(folder.resolve("file"), "");
      try (UpProcess up = UpProcess.start(TinySystem.class, "up", "--data", file.toString())) {
        assertRefused(up, "is a file; --data names a folder");
      }
    }

    @Test
    void whenTheDataIsDamaged() throws IOException {
      up().awaitReady().close();
      Path version = folder.resolve("postgres").resolve("PG_VERSION");
      Files.writeString(version, "16\n");
      assertRefused(run("up"), "was made by PostgreSQL 16 and this is 18");
      Files.delete(version);
      assertRefused(run("up"), "is damaged: PG_VERSION is missing");
      Files.writeString(version, "18\n");
      Files.write(folder.resolve("postgres/global/pg_control"), new byte[8192]);
      assertRefused(run("up"), "PostgreSQL did not start on");
      assertThat(folder.resolve("postgres/base")).isNotEmptyDirectory();
    }

    private void assertRefused(UpProcess up, String sentence) {
      assertThat(up.awaitEnd()).isEqualTo(1);
      assertThat(up.text().lines().filter(line -> line.startsWith("concordat: ")))
          .singleElement()
          .asString()
          .contains(sentence);
      assertThat(up.text()).doesNotContain("\tat ");
    }
  }

  private UpProcess up(String... options) {
    String[] args = new String[options.length + 5];
    args[0] = "up";
    args[1] = "--port";
    args[2] = "0";
    args[3] = "--data";
    args[4] = folder.toString();
    System.arraycopy(options, 0, args, 5, options.length);
    return UpProcess.start(TinySystem.class, args);
  }

  private UpProcess run(String command, String... options) {
    String[] args = new String[options.length + 3];
    args[0] = command;
    args[1] = "--data";
    args[2] = folder.toString();
    System.arraycopy(options, 0, args, 3, options.length);
    UpProcess process = UpProcess.start(TinySystem.class, args);
    int _ = process.awaitEnd();
    return process;
  }

  private long pid(String part) {
    return Optional.ofNullable(SystemFile.read(folder).parts().get(part)).orElseThrow().pid();
  }

  /// Counts one more visitor.
  private String visit(UpProcess up) throws IOException, InterruptedException {
    assertThat(up.url()).startsWith("http://localhost:");
    String counter = SystemFile.read(folder).address("counter").orElseThrow();
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
              HttpRequest.newBuilder(URI.create("http://" + counter)).build(),
              BodyHandlers.ofString())
          .body();
    }
  }
}
