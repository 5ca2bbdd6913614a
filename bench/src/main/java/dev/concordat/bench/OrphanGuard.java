package dev.concordat.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;

/// Ends a PostgreSQL when this process ends without having done so, killed for example: a shell
/// waits for the end of its standard input, which is ours, and then asks the server to stop.
public final class OrphanGuard implements AutoCloseable {
  private static final String PID = "postmaster.pid";

  private final Process shell;

  private OrphanGuard(Process shell) {
    this.shell = shell;
  }

  /// Guards the server that runs on this folder.
  public static OrphanGuard of(Path data) {
    try {
      long pid = Long.parseLong(Files.readAllLines(data.resolve(PID)).getFirst().strip());
      return new OrphanGuard(
          new ProcessBuilder("sh", "-c", "trap '' INT; read _; kill -INT " + pid)
              .redirectOutput(Redirect.DISCARD)
              .redirectError(Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException("no PostgreSQL runs on " + data, e);
    }
  }

  /// The server ends, or has ended, by other means.
  @Override
  public void close() {
    shell.destroyForcibly();
  }
}
