package dev.concordat.telemetry;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;

/// Found and called by logback, after it has looked for a `logback.xml` and before its own default.
@ConfiguratorRank(LogSetup.AFTER_XML)
public final class LogSetup extends ContextAwareBase implements Configurator {
  static final int AFTER_XML = (ConfiguratorRank.NOMINAL + ConfiguratorRank.FALLBACK) / 2;

  /// For logback.
  public LogSetup() {}

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    Logs.configure(context, LogOptions.fromEnvironment(System.getenv()));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
