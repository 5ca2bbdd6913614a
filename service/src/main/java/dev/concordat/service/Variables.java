package dev.concordat.service;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.personal.PersonalData;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// An environment as environment variables: how a process of its own is told where it runs.
final class Variables {
  private static final String HOST = "CONCORDAT_HOST";
  private static final String PORT = "CONCORDAT_PORT";
  private static final String DATABASE = "CONCORDAT_DATABASE";
  private static final String SHARED_DATABASE = "CONCORDAT_SHARED_DATABASE";
  private static final String LOG = "CONCORDAT_LOG";
  private static final String LOG_PROPERTIES = "CONCORDAT_LOG_PROPERTIES";
  private static final String DATA = "CONCORDAT_DATA";
  private static final String DISCOVERY = "CONCORDAT_DISCOVERY";
  private static final String ADDRESS = "CONCORDAT_ADDRESS_";

  private Variables() {}

  static Environment read(String name, Map<String, String> variables) {
    Map<String, String> addresses = new HashMap<>();
    variables.forEach((variable, value) -> {
      if (variable.startsWith(ADDRESS)) {
        addresses.put(part(variable), value);
      }
    });
    return new Environment(
        name,
        new Environment.Listen(
            variables.getOrDefault(HOST, "127.0.0.1"), port(variables.getOrDefault(PORT, "0"))),
        databases(variables),
        Path.of(variables.getOrDefault(DATA, ".")),
        new Neighbours(
            variables.getOrDefault(DISCOVERY, Neighbours.DEFAULT.discovery()), addresses),
        IdentityVariables.read(variables),
        Clock.SYSTEM);
  }

  private static Databases databases(Map<String, String> variables) {
    Databases databases =
        new Databases(variables.getOrDefault(DATABASE, ""), required(variables, SHARED_DATABASE))
            .withLog(
                new LogAddress(
                    variables.getOrDefault(LOG, ""), variables.getOrDefault(LOG_PROPERTIES, "")));
    String masterKeys = variables.getOrDefault(PersonalData.VARIABLE, "");
    return masterKeys.isBlank() ? databases : databases.withMasterKeys(Path.of(masterKeys));
  }

  static Map<String, String> write(Environment environment) {
    Map<String, String> variables = new HashMap<>();
    variables.put(HOST, environment.host());
    variables.put(PORT, Integer.toString(environment.port()));
    variables.put(DATABASE, environment.databases().own());
    variables.put(SHARED_DATABASE, environment.databases().shared());
    variables.put(LOG, environment.databases().log().url());
    variables.put(LOG_PROPERTIES, environment.databases().log().properties());
    environment
        .databases()
        .masterKeys()
        .ifPresent(file -> variables.put(PersonalData.VARIABLE, file.toString()));
    variables.put(DATA, environment.data().toString());
    variables.put(DISCOVERY, environment.neighbours().discovery());
    environment.neighbours().addresses().forEach((part, at) -> variables.put(address(part), at));
    variables.putAll(IdentityVariables.write(environment.identity()));
    return variables;
  }

  static String address(String part) {
    return ADDRESS + part.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static String part(String variable) {
    return variable.substring(ADDRESS.length()).toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String required(Map<String, String> variables, String name) {
    String value = variables.getOrDefault(name, "");
    if (value.isEmpty()) {
      throw Failure.of(
          Code.FAILED_PRECONDITION,
          "the environment variable " + name + " is not set; it is needed to start");
    }
    return value;
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port >= 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      assert e != null; // said below
    }
    throw Failure.of(
        Code.FAILED_PRECONDITION, PORT + " is a number from 0 to 65535, got \"" + text + "\"");
  }
}
