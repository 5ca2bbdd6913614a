package dev.concordat.service;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.log.Broker;
import dev.concordat.events.log.BrokerProvider;
import dev.concordat.events.log.PostgresLog;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import javax.sql.DataSource;

/// Where the log of events is.
///
/// @param url for example `kafka://host:port`; empty, the default, for the shared database
/// @param properties a file with settings for the log's client, secrets among them; empty for none
public record LogAddress(String url, String properties) {
  /// In the shared database.
  public static final LogAddress SHARED = new LogAddress("", "");

  /// Without properties.
  public LogAddress(String url) {
    this(url, "");
  }

  /// Opens it.
  ///
  /// @param shared the shared database
  /// @throws Failure with `FAILED_PRECONDITION` when the address or the file is wrong
  Broker open(DataSource shared) {
    return url.isEmpty() ? PostgresLog.open(shared) : BrokerProvider.openAny(url, settings());
  }

  private Map<String, String> settings() {
    if (properties.isEmpty()) {
      return Map.of();
    }
    Properties read = new Properties();
    try (Reader file = Files.newBufferedReader(Path.of(properties))) {
      read.load(file);
    } catch (IOException | IllegalArgumentException e) {
      // Without the cause's text: it may quote the file, and the file holds secrets.
      throw Failure.of(
          Code.FAILED_PRECONDITION,
          properties + ", the file with the log's properties, cannot be read as properties");
    }
    Map<String, String> settings = new HashMap<>();
    read.stringPropertyNames().forEach(name -> settings.put(name, read.getProperty(name)));
    return settings;
  }
}
