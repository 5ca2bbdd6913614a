package dev.concordat.codegen;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Runs {@code dev.concordat.codegen.Main} on the JDK of the build.
 *
 * <p>Maven starts protoc plugins with the JVM it runs on itself, which may be older than the
 * classes of the generator. So this one class is compiled for Java 17. It hands stdin and stdout on
 * untouched: protoc talks to the generator through them.
 */
public final class Launch {
  private static final int NEEDED = 25;
  private static final String MAIN = "dev.concordat.codegen.Main";

  private Launch() {}

  /**
   * {@code remember FILE} writes down the running JDK, {@code stamp FILE DIR...} what the generator
   * is made of; anything else runs the generator.
   */
  public static void main(String[] args) throws Exception {
    if (args.length == 2 && args[0].equals("remember")) {
      Files.writeString(Path.of(args[1]), System.getProperty("java.home"));
    } else if (args.length > 2 && args[0].equals("stamp")) {
      stamp(Path.of(args[1]), List.of(args).subList(2, args.length));
    } else if (Runtime.version().feature() >= NEEDED) {
      Class.forName(MAIN).getMethod("main", String[].class).invoke(null, (Object) args);
    } else {
      System.exit(fork(args));
    }
  }

  /**
   * The Maven plugin generates anew when a proto changes that can be imported, but not when the
   * generator does. So the generator's digest stands in a proto that nobody imports.
   */
  private static void stamp(Path file, List<String> folders)
      throws IOException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    for (String folder : folders) {
      try (Stream<Path> all = Files.walk(Path.of(folder))) {
        for (Path each : all.filter(Files::isRegularFile).sorted().collect(Collectors.toList())) {
          digest.update(Files.readAllBytes(each));
        }
      }
    }
    Files.createDirectories(file.getParent());
    Files.writeString(
        file, "syntax = \"proto3\";\n// " + HexFormat.of().formatHex(digest.digest()) + "\n");
  }

  private static int fork(String[] args)
      throws IOException, InterruptedException, URISyntaxException {
    List<String> command = new ArrayList<>();
    command.add(jdk().resolve("bin").resolve("java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"));
    command.addAll(List.of("--sun-misc-unsafe-memory-access=allow"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), MAIN));
    command.addAll(List.of(args));
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  /**
   * The toolchain that compiled this module; where there is no such note, what the environment
   * names.
   */
  private static Path jdk() throws IOException, URISyntaxException {
    Path here = Path.of(Launch.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path note = here.resolveSibling("jdk.home");
    if (Files.exists(note)) {
      return Path.of(Files.readString(note));
    }
    String home = System.getenv("JAVA" + NEEDED + "_HOME");
    if (home != null) {
      return Path.of(home);
    }
    System.err.printf(
        "The Concordat generator needs a JDK %d, but Maven runs on Java %d: run Maven with a newer"
            + " JDK, or point JAVA%d_HOME at one.%n",
        NEEDED, Runtime.version().feature(), NEEDED);
    System.exit(1);
    return here;
  }
}
