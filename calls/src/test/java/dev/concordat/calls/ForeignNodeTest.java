package dev.concordat.calls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.FileDescriptor;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.CountResponse;
import dev.concordat.calls.probe.v1.EchoRequest;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.calls.probe.v1.ProbeClient;
import dev.concordat.calls.probe.v1.ProbeMethods;
import dev.concordat.calls.probe.v1.SumRequest;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// A gRPC client and a gRPC server on Node. Skipped where there is no Node, or where its packages
/// cannot be had; see `src/test/node`.
class ForeignNodeTest {
  private static final Path SOURCES = Path.of("src/test/node");
  private static final Path HOME = Path.of("target/node");
  private static final Path CONTRACT = HOME.resolve("probe.binpb");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    assumeTrue(succeeds("node", "--version"), "there is no node here");
    Files.createDirectories(HOME);
    for (String name :
        List.of("package.json", "package-lock.json", "probe.js", "client.js", "server.js")) {
      Files.copy(SOURCES.resolve(name), HOME.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    assumeTrue(
        Files.isDirectory(HOME.resolve("node_modules/@grpc/grpc-js"))
            || succeeds("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"),
        "npm cannot get @grpc/grpc-js here");
    FileDescriptorSet.Builder contract = FileDescriptorSet.newBuilder();
    collect(ProbeMethods.LOOK.descriptor().getFile(), contract);
    Files.write(CONTRACT, contract.build().toByteArray());
  }

  @Test
  void clientIsAnsweredInEveryShape() throws IOException, InterruptedException {
    Probes probes = new Probes();
    CountDownLatch stopped = new CountDownLatch(1);
    probes.onLook =
        request -> {
          if (request.getName().equals("sleep")) {
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              stopped.countDown();
              throw new IllegalStateException(e);
            }
          }
          return LookResponse.newBuilder().setText("seen " + request.getName()).build();
        };
    try (Pair pair = Pair.of(probes)) {
      Process node = start("client.js", Integer.toString(pair.server.port()), "probe.binpb");
      List<String> lines;
      try (BufferedReader out = node.inputReader(StandardCharsets.UTF_8)) {
        lines = out.lines().toList();
      }
      assertThat(node.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(lines)
          .containsExactly(
              "unary: seen node",
              "server stream: 1,2,3,4,5",
              "client stream: 10",
              "both ways: a,b,c",
              "same key, same answer: true",
              "error: INVALID_ARGUMENT 1",
              "deadline: DEADLINE_EXCEEDED",
              "cancel: CANCELLED");
      stopped.await();
      Eventually.holds("nothing is left", () -> pair.server.busy() == 0);
    }
  }

  @Test
  void serverAnswersInEveryShape() throws IOException, InterruptedException {
    Process node = start("server.js", "probe.binpb");
    try (BufferedReader out = node.inputReader(StandardCharsets.UTF_8)) {
      int port = Integer.parseInt(out.readLine());
      StaticResolver resolver = StaticResolver.of("probe", Endpoint.of("127.0.0.1", port));
      try (Calls calls = Calls.open("tester", resolver)) {
        ask(calls.client(ProbeClient.FACTORY));
      }
    } finally {
      node.destroy();
      node.waitFor();
    }
  }

  private static void ask(ProbeClient client) {
    assertThat(client.look(named("x")).getText()).isEqualTo("seen x of tester");
    failed(() -> client.look(named("missing")), Code.NOT_FOUND);
    failed(
        () ->
            Context.current()
                .withDeadline(Deadline.after(Duration.ofMillis(300), Clock.SYSTEM))
                .run(() -> client.look(named("sleep"))),
        Code.DEADLINE_EXCEEDED);
    try (var numbers = client.count(CountRequest.newBuilder().setUntil(5).build())) {
      assertThat(numbers).extracting(CountResponse::getNumber).containsExactly(1L, 2L, 3L, 4L, 5L);
    }
    try (var upload = client.sum()) {
      upload.send(SumRequest.newBuilder().setNumber(3).build());
      upload.send(SumRequest.newBuilder().setNumber(4).build());
      assertThat(upload.finish().getSum()).isEqualTo(7);
    }
    try (var exchange = client.echo()) {
      exchange.send(EchoRequest.newBuilder().setText("a").build());
      assertThat(exchange.next().orElseThrow().getText()).isEqualTo("a");
      exchange.finish();
      assertThat(exchange.next()).isEmpty();
    }
  }

  private static void failed(Runnable call, Code code) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.code()).isEqualTo(code));
  }

  private static LookRequest named(String name) {
    return LookRequest.newBuilder().setName(name).build();
  }

  private static void collect(FileDescriptor file, FileDescriptorSet.Builder into) {
    if (into.getFileList().stream().anyMatch(known -> known.getName().equals(file.getName()))) {
      return;
    }
    file.getDependencies().forEach(dependency -> collect(dependency, into));
    into.addFile(file.toProto());
  }

  private static Process start(String script, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("node", script));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .directory(HOME.toFile())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static boolean succeeds(String... command) throws InterruptedException {
    try {
      Process process =
          new ProcessBuilder(command)
              .directory(Files.isDirectory(HOME) ? HOME.toFile() : new File("."))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended = process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      process.destroyForcibly();
      return ended && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }
}
