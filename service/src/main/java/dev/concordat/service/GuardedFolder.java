package dev.concordat.service;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// A folder for secrets: only its owner can look in, files appear whole, and one works on it at a
/// time, in this process and among others.
final class GuardedFolder {
  private static final Object ONE_AT_A_TIME = new Object();

  private final Path path;

  GuardedFolder(Path path) {
    this.path = path;
    doing(() -> {
      Files.createDirectories(path);
      permit(path, "rwx------");
      return path;
    });
  }

  Path path() {
    return path;
  }

  /// Does the work while nobody else does any here.
  <T> T alone(Supplier<T> work) {
    // A file's lock is the process's: its own threads it does not keep apart.
    synchronized (ONE_AT_A_TIME) {
      return doing(() -> {
        try (FileChannel channel =
                FileChannel.open(
                    path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            FileLock lock = channel.lock()) {
          assert lock.isValid();
          return work.get();
        }
      });
    }
  }

  boolean has(String file) {
    return Files.exists(path.resolve(file));
  }

  String read(String file) {
    return doing(() -> Files.readString(path.resolve(file)));
  }

  /// Replaces the file; whoever reads it sees all of the old or all of the new.
  void write(String file, String text) {
    doing(() -> {
      Path target = path.resolve(file);
      Path folder = Files.createDirectories(target.resolveSibling("."));
      permit(folder, "rwx------");
      // Temporary files are the owner's alone from the moment they are there.
      Path written = Files.createTempFile(path, "new", ".tmp");
      permit(written, "rw-------");
      Files.writeString(written, text);
      return Files.move(
          written, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    });
  }

  void remove(String file) {
    doing(() -> Files.deleteIfExists(path.resolve(file)));
  }

  /// The names of the folders in it, sorted.
  List<String> folders() {
    return doing(() -> {
      try (Stream<Path> all = Files.list(path)) {
        return all.filter(Files::isDirectory)
            .map(folder -> folder.getFileName().toString())
            .sorted()
            .toList();
      }
    });
  }

  private static void permit(Path path, String permissions) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(path, PosixFileAttributeView.class);
    if (view != null) {
      view.setPermissions(PosixFilePermissions.fromString(permissions));
    }
  }

  private interface Doing<T> {
    T run() throws IOException;
  }

  private <T> T doing(Doing<T> work) {
    try {
      return work.run();
    } catch (IOException | UncheckedIOException e) {
      throw Failure.of(Code.UNAVAILABLE, "the folder " + path + " cannot be used: " + e, e);
    }
  }
}
