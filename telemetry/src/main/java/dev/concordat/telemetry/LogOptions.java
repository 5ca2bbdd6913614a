package dev.concordat.telemetry;

import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// How a process logs.
///
/// @param format one JSON object a line (the default) or lines for people
/// @param level the least that is logged, default [Level#INFO]
/// @param service named in lines that belong to no service of their own, default `concordat`
/// @param file where to; standard output by default. Three older files of 10 MB are kept beside it
public record LogOptions(Format format, Level level, String service, Optional<Path> file) {
  /// The defaults named above.
  public static final LogOptions DEFAULT =
      new LogOptions(Format.JSON, Level.INFO, "concordat", Optional.empty());

  /// What `CONCORDAT_LOG` (`json` or `text`) and `CONCORDAT_LOG_LEVEL` (`trace` to `error`, `off`)
  /// say; the defaults for what they do not.
  public static LogOptions fromEnvironment(Map<String, String> environment) {
    Format format =
        environment.getOrDefault("CONCORDAT_LOG", "json").equalsIgnoreCase("text")
            ? Format.TEXT
            : Format.JSON;
    Level level =
        switch (environment.getOrDefault("CONCORDAT_LOG_LEVEL", "").toLowerCase(Locale.ROOT)) {
          case "all", "trace" -> Level.TRACE;
          case "debug" -> Level.DEBUG;
          case "warn", "warning" -> Level.WARNING;
          case "error" -> Level.ERROR;
          case "off" -> Level.OFF;
          default -> Level.INFO;
        };
    return DEFAULT.withFormat(format).withLevel(level);
  }

  /// The same in another format.
  public LogOptions withFormat(Format format) {
    return new LogOptions(format, level, service, file);
  }

  /// The same with another level.
  public LogOptions withLevel(Level level) {
    return new LogOptions(format, level, service, file);
  }

  /// The same for a process with this name.
  public LogOptions withService(String service) {
    return new LogOptions(format, level, service, file);
  }

  /// The same into a file.
  public LogOptions withFile(Path file) {
    return new LogOptions(format, level, service, Optional.of(file));
  }

  /// What a line looks like.
  public enum Format {
    /// One JSON object a line, for machines.
    JSON,
    /// Time, level, service, logger, message, trace: for people.
    TEXT
  }
}
