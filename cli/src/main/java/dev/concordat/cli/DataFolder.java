package dev.concordat.cli;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The folder in which one system keeps everything:
///
/// ```
/// concordat.data   says that the folder is ours
/// lock             held while the system runs
/// postgres/        the databases
/// postgres.making  there while they are being made
/// kafka/           the log, of a system that runs on Kafka
/// identity/        the authority that certifies the parts, and their certificates
/// keys/            the master keys of personal data
/// parts/           files of single parts
/// logs/            what they log
/// system.json      where the running system is; there only while it runs
/// ```
///
/// A folder that is not ours is never written to, and only what we made is ever deleted.
final class DataFolder implements AutoCloseable {
  private static final String MARKER = "concordat.data";
  private static final String LOCK = "lock";
  private static final String IDENTITY = "identity";
  private static final String KEYS = "keys";
  private static final String MAKING = "postgres.making";
  private static final Set<String> OURS =
      Set.of(
          MARKER,
          LOCK,
          "postgres",
          MAKING,
          "kafka",
          "parts",
          IDENTITY,
          KEYS,
          "logs",
          SystemFile.NAME);

  /// What stays when all data goes: the lock that is held, and the proof that the folder is ours.
  private static final Set<String> KEPT = Set.of(MARKER, LOCK);

  private static final Duration PATIENCE = Duration.ofMillis(400);

  private final Path path;
  private final FileChannel channel;

  private DataFolder(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /// Opens the folder for a system that is about to run, and locks it.
  ///
  /// @throws dev.concordat.core.Failure that says in one sentence why the folder cannot be used
  static DataFolder open(Path path) {
    try {
      boolean made = claim(path);
      FileChannel channel =
          FileChannel.open(path.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      DataFolder folder = new DataFolder(path, channel);
      if (!folder.lock()) {
        channel.close();
        throw Refusal.because(
            "a system is running on " + path + "; stop it first, or choose another --data DIR");
      }
      if (made) {
        Files.writeString(
            path.resolve(MARKER), "This folder was made by `concordat up`; it holds its data.\n");
      }
      Files.createDirectories(folder.logs());
      return folder;
    } catch (IOException e) {
      throw Refusal.because(path + " cannot be used as a data folder: " + reason(e), e);
    }
  }

  /// Whether a system runs on the folder now.
  static boolean inUse(Path path) {
    Path file = path.resolve(LOCK);
    if (!Files.exists(file)) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        return true;
      }
      lock.release();
      return false;
    } catch (OverlappingFileLockException e) {
      return true;
    } catch (IOException e) {
      throw Refusal.because(file + " cannot be read: " + reason(e), e);
    }
  }

  Path path() {
    return path;
  }

  Path postgres() {
    return path.resolve("postgres");
  }

  /// There while the databases are being made for the first time.
  Path making() {
    return path.resolve(MAKING);
  }

  Path kafka() {
    return path.resolve("kafka");
  }

  /// Where the authority of the system in a data folder is.
  static Path identity(Path data) {
    return data.resolve(IDENTITY);
  }

  Path keys() {
    return path.resolve(KEYS);
  }

  Path logs() {
    return path.resolve("logs");
  }

  /// Deletes all data that earlier runs made here, and nothing else.
  void clear() {
    try (Stream<Path> entries = Files.list(path)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (OURS.contains(name) && !KEPT.contains(name)) {
          delete(entry);
        }
      }
      Files.createDirectories(logs());
    } catch (IOException e) {
      throw Refusal.because(path + " could not be emptied: " + reason(e), e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close(); // which gives the lock back
    } catch (IOException e) {
      throw Refusal.because("closing " + path.resolve(LOCK) + " failed: " + reason(e), e);
    }
  }

  static void delete(Path tree) throws IOException {
    if (Files.notExists(tree)) {
      return;
    }
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  /// @return true when the folder is new or empty, so that it becomes ours
  private static boolean claim(Path path) throws IOException {
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw Refusal.because(path + " is a file; --data names a folder");
    }
    Files.createDirectories(path);
    if (Files.exists(path.resolve(MARKER))) {
      return false;
    }
    Set<String> foreign = new TreeSet<>(names(path));
    foreign.remove(LOCK);
    if (!foreign.isEmpty()) {
      throw Refusal.because(
          path
              + " holds files that are not Concordat's ("
              + shortened(foreign)
              + "); choose an empty folder with --data DIR");
    }
    return true;
  }

  private static List<String> names(Path path) throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }

  private static String shortened(Set<String> names) {
    String some = names.stream().limit(3).collect(Collectors.joining(", "));
    return names.size() > 3 ? some + ", …" : some;
  }

  /// A command that only looks whether the lock is held holds it for an instant itself.
  ///
  /// @return whether it is held now, until the channel is closed
  private boolean lock() {
    return Waiting.until(this::tryLock, PATIENCE);
  }

  private boolean tryLock() {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      throw Refusal.because(path.resolve(LOCK) + " cannot be locked: " + reason(e), e);
    }
  }

  static String reason(IOException e) {
    if (e instanceof NotDirectoryException) {
      return "a part of the path is a file";
    }
    String message = e.getMessage() == null ? "" : e.getMessage();
    return switch (e) {
      case AccessDeniedException denied -> "permission denied: " + denied.getFile();
      case FileAlreadyExistsException exists -> exists.getFile() + " is a file";
      default -> message + " (" + e.getClass().getSimpleName() + ")";
    };
  }
}
