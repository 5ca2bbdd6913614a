package dev.concordat.service;

import dev.concordat.events.personal.MasterKeys;
import java.nio.file.Path;

/// Master keys of a system on one machine: made when there are none, in a folder that only its
/// owner can look into. They belong to the databases beside them: without the one, nothing personal
/// in the other can be read.
public final class LocalMasterKeys {
  private static final String FILE = "master-keys";

  private LocalMasterKeys() {}

  /// The file in this folder.
  ///
  /// @throws dev.concordat.core.Failure with `UNAVAILABLE` when the folder cannot be used
  public static Path in(Path path) {
    GuardedFolder folder = new GuardedFolder(path);
    return folder.alone(() -> {
      if (!folder.has(FILE)) {
        folder.write(FILE, MasterKeys.fresh("local"));
      }
      return folder.path().resolve(FILE);
    });
  }
}
