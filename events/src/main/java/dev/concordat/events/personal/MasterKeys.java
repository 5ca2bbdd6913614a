package dev.concordat.events.personal;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// The keys that wrap the keys of persons. Whoever has them reads personal data.
///
/// The first one wraps what is new; the others still unwrap, until everything is wrapped anew
/// ([PersonKeys#rewrap]).
///
/// Threads: immutable.
public final class MasterKeys {
  private static final int KEY_BYTES = 32;
  private static final int MOST_BYTES = 64 * 1024;
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  /// What nobody but the owner and the group's readers may.
  private static final Set<PosixFilePermission> TOO_MUCH =
      EnumSet.of(
          PosixFilePermission.GROUP_WRITE,
          PosixFilePermission.GROUP_EXECUTE,
          PosixFilePermission.OTHERS_READ,
          PosixFilePermission.OTHERS_WRITE,
          PosixFilePermission.OTHERS_EXECUTE);

  private final Map<String, SecretKey> keys;

  private MasterKeys(Map<String, SecretKey> keys) {
    this.keys = keys;
  }

  /// Reads them from a file: one a line, `<name> <32 bytes in base64>`, the current one first.
  /// Lines that are empty or begin with `#` are passed over. Others than the owner may not read the
  /// file, but for its group (as Kubernetes mounts secrets).
  ///
  /// @throws Failure with `FAILED_PRECONDITION` when the file is not there, is open to others or
  ///   larger than 64 KiB, or holds something else; the message never quotes the file
  public static MasterKeys read(Path file) {
    try {
      requireClosed(file);
      if (Files.size(file) > MOST_BYTES) {
        throw refused(file + " is larger than 64 KiB, which no file of master keys is");
      }
      return parse(Files.readString(file), file.toString());
    } catch (CharacterCodingException e) {
      throw refused(file + " is no text; " + wanted());
    } catch (IOException e) {
      throw Failure.of(
          Code.FAILED_PRECONDITION,
          file
              + ", the file of the master keys, cannot be read ("
              + e.getClass().getSimpleName()
              + "); is it there, and may this process read it?",
          e);
    }
  }

  /// A file with one new key, for a start: what [#read] reads.
  ///
  /// @param name of the key; letters, digits, dots, dashes and underscores
  public static String fresh(String name) {
    return "# Concordat's master keys: <name> <32 bytes in base64>, the current one first. Whoever"
        + " has them reads personal data;\n# without them nobody does.\n"
        + name
        + " "
        + Base64.getEncoder().encodeToString(Cipher.random(KEY_BYTES))
        + "\n";
  }

  static MasterKeys parse(String text, String where) {
    Map<String, SecretKey> keys = new LinkedHashMap<>();
    int number = 0;
    for (String line : text.lines().map(String::strip).toList()) {
      number++;
      if (!line.isEmpty() && !line.startsWith("#")) {
        String[] words = line.split("\\s+", -1);
        Optional<SecretKey> key = words.length == 2 ? key(words[1]) : Optional.empty();
        if (key.isEmpty() || !NAME.matcher(words[0]).matches()) {
          throw refused("line " + number + " of " + where + " is no master key; " + wanted());
        }
        if (keys.put(words[0], key.get()) != null) {
          throw refused(where + " names the master key \"" + words[0] + "\" twice");
        }
      }
    }
    if (keys.isEmpty()) {
      throw refused(where + " holds no master key; " + wanted());
    }
    return new MasterKeys(keys);
  }

  /// The name of the one that wraps what is new.
  String current() {
    return keys.keySet().iterator().next();
  }

  Set<String> names() {
    return keys.keySet();
  }

  Optional<SecretKey> find(String name) {
    return Optional.ofNullable(keys.get(name));
  }

  private static Optional<SecretKey> key(String text) {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    boolean right = key.length == KEY_BYTES;
    Optional<SecretKey> read =
        right ? Optional.of(new SecretKeySpec(key, "AES")) : Optional.empty();
    Arrays.fill(key, (byte) 0);
    return read;
  }

  private static void requireClosed(Path file) throws IOException {
    PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
    if (view == null) {
      return; // no such permissions on this system
    }
    Set<PosixFilePermission> permissions = view.readAttributes().permissions();
    if (permissions.stream().anyMatch(TOO_MUCH::contains)) {
      throw refused(
          file
              + " is open to others ("
              + PosixFilePermissions.toString(permissions)
              + "); close it: chmod 600 "
              + file);
    }
  }

  private static String wanted() {
    return "expected `<name> <32 bytes in base64>` a line, the current one first; make one with:"
        + " echo \"k1 $(head -c 32 /dev/urandom | base64)\"";
  }

  private static Failure refused(String why) {
    return Failure.of(Code.FAILED_PRECONDITION, why);
  }
}
