package dev.concordat.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.rolling.FixedWindowRollingPolicy;
import ch.qos.logback.core.rolling.RollingFileAppender;
import ch.qos.logback.core.rolling.SizeBasedTriggeringPolicy;
import ch.qos.logback.core.util.FileSize;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/// Sets up the process's log: SLF4J, `System.Logger` and `java.util.logging` in one place and one
/// format, each line with the trace it belongs to.
///
/// Happens by itself with [LogOptions#fromEnvironment] unless there is a `logback.xml`.
public final class Logs {
  private static final int OLDER_FILES = 3;
  private static final long FILE_BYTES = 10 * FileSize.MB_COEFFICIENT;
  // At INFO they tell of every connection, and of every line that PostgreSQL writes.
  private static final List<String> TALKATIVE =
      List.of(
          "io.netty",
          "io.grpc",
          "io.vertx",
          "io.zonky",
          "com.zaxxer.hikari",
          "org.apache.kafka",
          "org.postgresql");

  // At WARN it writes a stack trace for every message that a stranger sends malformed or too large.
  private static final String FLOODED_BY_STRANGERS = "io.grpc.netty.shaded.io.grpc.netty";

  private Logs() {}

  /// Logs like this from now on, instead of how it was set up before.
  public static void configure(LogOptions options) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.reset();
      configure(context, options);
    }
  }

  static void configure(LoggerContext context, LogOptions options) {
    Encoder<ILoggingEvent> encoder =
        switch (options.format()) {
          case JSON -> new JsonLines(options.service());
          case TEXT -> new TextLines(options.service());
        };
    encoder.setContext(context);
    encoder.start();
    OutputStreamAppender<ILoggingEvent> appender =
        options.file().map(file -> file(context, file)).orElseGet(ConsoleAppender::new);
    appender.setContext(context);
    appender.setName("concordat");
    appender.setEncoder(encoder);
    appender.start();
    var root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(level(options.level()));
    root.addAppender(appender);
    TALKATIVE.forEach(name -> context.getLogger(name).setLevel(Level.WARN));
    context.getLogger(FLOODED_BY_STRANGERS).setLevel(Level.ERROR);
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  private static OutputStreamAppender<ILoggingEvent> file(LoggerContext context, Path file) {
    RollingFileAppender<ILoggingEvent> appender = new RollingFileAppender<>();
    appender.setContext(context);
    appender.setFile(file.toString());
    FixedWindowRollingPolicy older = new FixedWindowRollingPolicy();
    older.setContext(context);
    older.setParent(appender);
    older.setFileNamePattern(file + ".%i");
    older.setMinIndex(1);
    older.setMaxIndex(OLDER_FILES);
    older.start();
    SizeBasedTriggeringPolicy<ILoggingEvent> full = new SizeBasedTriggeringPolicy<>();
    full.setContext(context);
    full.setMaxFileSize(new FileSize(FILE_BYTES));
    full.start();
    appender.setRollingPolicy(older);
    appender.setTriggeringPolicy(full);
    return appender;
  }

  private static Level level(System.Logger.Level level) {
    return switch (level) {
      case ALL, TRACE -> Level.TRACE;
      case DEBUG -> Level.DEBUG;
      case INFO -> Level.INFO;
      case WARNING -> Level.WARN;
      case ERROR -> Level.ERROR;
      case OFF -> Level.OFF;
    };
  }
}
