import com.google.googlejavaformat.java.Formatter;
import com.google.googlejavaformat.java.FormatterException;
import com.google.googlejavaformat.java.JavaFormatterOptions;
import com.puppycrawl.tools.checkstyle.Checker;
import com.puppycrawl.tools.checkstyle.ConfigurationLoader;
import com.puppycrawl.tools.checkstyle.PropertiesExpander;
import com.puppycrawl.tools.checkstyle.api.AuditEvent;
import com.puppycrawl.tools.checkstyle.api.AuditListener;
import com.puppycrawl.tools.checkstyle.api.CheckstyleException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/// Reads every Java source of the tree once: its format, and the rules of `checkstyle.xml`.
///
/// Started by the build with `check` (say what is wrong) or `fix` (write the format, then check),
/// and the folder to look at, from the root of the tree. Generated sources stand under `target/`,
/// which is not looked at. What is found is printed, and left as the file `target/gates.failed`, by
/// which the build ends with one line instead of a stack trace.
public final class Gates {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path FAILED = Path.of("target", "gates.failed");
  private static final int COLUMNS = 100;
  private static final String TEXT_BLOCK = "\"\"\"";

  private Gates() {}

  public static void main(String[] args) throws Exception {
    boolean fix = args[0].equals("fix");
    List<Path> sources = sources(ROOT.resolve(args[1]));
    List<String> unformatted = new ArrayList<>();
    List<String> violations = new ArrayList<>();
    if (fix) {
      format(sources, true, unformatted);
      unformatted.forEach(file -> System.out.println("formatted " + file));
      unformatted.clear();
      style(sources, violations);
    } else {
      // Two readings that share nothing, on two cores.
      var formatting = CompletableFuture.runAsync(() -> format(sources, false, unformatted));
      style(sources, violations);
      formatting.join();
    }
    violations.forEach(System.err::println);
    unformatted.forEach(file -> System.err.println(file + ": not in the house format"));
    if (!unformatted.isEmpty()) {
      System.err.println("run ./mvnw -pl build -Pformat to write the format");
    }
    Files.createDirectories(FAILED.getParent());
    Files.deleteIfExists(FAILED);
    if (!violations.isEmpty() || !unformatted.isEmpty()) {
      Files.createFile(FAILED);
    }
  }

  private static List<Path> sources(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !hidden(ROOT.relativize(file)))
          .sorted()
          .toList();
    }
  }

  private static boolean hidden(Path file) {
    for (Path part : file) {
      String name = part.toString();
      if (name.equals("target") || name.startsWith(".")) {
        return true;
      }
    }
    return false;
  }

  private static void format(List<Path> sources, boolean fix, List<String> unformatted) {
    var formatter = new Formatter(JavaFormatterOptions.defaultOptions());
    for (Path file : sources) {
      try {
        String before = Files.readString(file);
        String after = formatter.formatSourceAndFixImports(before);
        if (!after.equals(before)) {
          unformatted.add(ROOT.relativize(file).toString());
          if (fix) {
            Files.writeString(file, after);
          }
        }
      } catch (FormatterException broken) {
        unformatted.add(ROOT.relativize(file) + ": " + broken.getMessage());
      } catch (IOException gone) {
        throw new java.io.UncheckedIOException(gone);
      }
    }
  }

  private static void style(List<Path> sources, List<String> violations)
      throws CheckstyleException, IOException {
    var checker = new Checker();
    checker.setModuleClassLoader(Checker.class.getClassLoader());
    checker.configure(
        ConfigurationLoader.loadConfiguration(
            "checkstyle.xml", new PropertiesExpander(new Properties())));
    checker.addListener(new Listener(violations));
    checker.process(sources.stream().map(Path::toFile).toList());
    checker.destroy();
    for (Path file : sources) {
      longLines(file, violations);
    }
  }

  /// The formatter wraps what it can; this finds what it cannot. Text blocks, imports and links may
  /// be longer.
  private static void longLines(Path file, List<String> violations) throws IOException {
    boolean inTextBlock = false;
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean mark = line.split(TEXT_BLOCK, -1).length % 2 == 0;
      boolean free = inTextBlock || mark || line.startsWith("import ") || line.contains("://");
      inTextBlock ^= mark;
      if (!free && line.length() > COLUMNS) {
        violations.add(at(file.toFile(), i + 1) + "longer than " + COLUMNS + " columns");
      }
    }
  }

  private static String at(File file, int line) {
    return ROOT.relativize(file.toPath()) + ":" + line + ": ";
  }

  private record Listener(List<String> violations) implements AuditListener {
    @Override
    public void addError(AuditEvent event) {
      violations.add(at(new File(event.getFileName()), event.getLine()) + event.getMessage());
    }

    @Override
    public void addException(AuditEvent event, Throwable thrown) {
      violations.add(at(new File(event.getFileName()), 1) + thrown);
    }

    @Override
    public void auditStarted(AuditEvent event) {}

    @Override
    public void auditFinished(AuditEvent event) {}

    @Override
    public void fileStarted(AuditEvent event) {}

    @Override
    public void fileFinished(AuditEvent event) {}
  }
}
