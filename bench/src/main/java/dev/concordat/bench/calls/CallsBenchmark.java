package dev.concordat.bench.calls;

import dev.concordat.cli.BenchArguments;
import dev.concordat.cli.Benchmark;
import dev.concordat.cli.Figure;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ParameterException;

/// What a call costs with the whole chain on, side by side with bare grpc-java, Armeria and Spring
/// in one run: every server and every client is a process of its own, and they take turns, so that
/// what disturbs the machine disturbs all of them.
public final class CallsBenchmark implements Benchmark {
  /// Where the peers' class paths are, beside that of `./concordat`.
  private static final Map<String, String> PEERS =
      Map.of("grpc-java", "grpc", "armeria", "armeria", "spring", "spring");

  @Override
  public String name() {
    return "calls";
  }

  @Override
  public String description() {
    return "what a call and a stream cost, beside grpc-java, Armeria and Spring (about 10 minutes)";
  }

  @Override
  public String help() {
    return Settings.help();
  }

  @Override
  public List<Figure> run(BenchArguments arguments) throws IOException {
    Settings settings = settings(arguments.options());
    List<Pair> pairs = new ArrayList<>();
    try {
      for (String name : settings.contenders()) {
        say(arguments.out(), "starting " + name + ": a server and a client …");
        pairs.add(Pair.start(name, classPath(name)));
      }
      Measurement measurement = new Measurement(settings, pairs, arguments.out());
      measurement.warmUp();
      measurement.calls();
      measurement.read();
      measurement.stall();
      return Report.figures(measurement);
    } finally {
      pairs.forEach(Pair::close);
    }
  }

  private static Settings settings(List<String> options) {
    try {
      return Settings.of(options);
    } catch (ParameterException e) {
      throw Failure.of(
          Code.INVALID_ARGUMENT,
          e.getMessage() + "; `concordat bench calls --help` shows the options",
          e);
    }
  }

  private static String classPath(String contender) throws IOException {
    String folder = PEERS.get(contender);
    if (folder == null) {
      return System.getProperty("java.class.path");
    }
    Path jars = home().resolve("peers").resolve(folder);
    if (!Files.isDirectory(jars)) {
      throw Failure.of(
          Code.FAILED_PRECONDITION,
          contender + " is not built: " + jars + " is missing. Start with ./concordat, it builds");
    }
    return jars + File.separator + "*";
  }

  /// `cli/target`: the command line is in a jar in its `lib`.
  private static Path home() throws IOException {
    try {
      var jar = Benchmark.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      return Path.of(jar).resolve("../..").normalize();
    } catch (URISyntaxException e) {
      throw new IOException("cannot find the peers", e);
    }
  }

  private static void say(PrintWriter out, String what) {
    out.println(what);
    out.flush();
  }
}
