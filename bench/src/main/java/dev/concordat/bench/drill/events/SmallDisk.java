package dev.concordat.bench.drill.events;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A small file system in memory. It goes with whoever made it, however that ends: a shell waits
/// for the end of a pipe and takes it away.
///
/// Threads: one.
final class SmallDisk implements AutoCloseable {
  private static final String KEEP =
      """
      trap '' INT TERM HUP
      mount -t tmpfs -o size=96m tmpfs "$1" || { rmdir "$1"; exit 1; }
      echo ready
      read -r _
      umount -l "$1" && rmdir "$1"
      """;
  private static final int BLOCK = 64 * 1024;

  private final Path folder;
  private final Process keeper;

  private SmallDisk(Path folder, Process keeper) {
    this.folder = folder;
    this.keeper = keeper;
  }

  /// Empty where mounting is not allowed.
  static Optional<SmallDisk> mount() throws IOException {
    Path folder = Files.createTempDirectory("concordat-disk");
    Process keeper = new ProcessBuilder("sh", "-c", KEEP, "sh", folder.toString()).start();
    BufferedReader said = keeper.inputReader();
    return "ready".equals(said.readLine())
        ? Optional.of(new SmallDisk(folder, keeper))
        : Optional.empty();
  }

  Path folder() {
    return folder;
  }

  /// Leaves no byte free.
  Path fill() throws IOException {
    Path ballast = folder.resolve("ballast");
    try (OutputStream out = Files.newOutputStream(ballast)) {
      byte[] block = new byte[BLOCK];
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      if (Files.size(ballast) == 0) {
        throw full;
      }
    }
    return ballast;
  }

  @Override
  public void close() {
    try {
      keeper.getOutputStream().close();
      int _ = keeper.waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted", e);
    }
  }
}
