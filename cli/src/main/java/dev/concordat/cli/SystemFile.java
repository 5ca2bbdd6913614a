package dev.concordat.cli;

import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.service.DatabaseServer;
import dev.concordat.service.Site;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What the other commands know of a running system: the file `system.json` in its data folder.
///
/// @param system what it is called
/// @param edge the URL of the edge
/// @param databases where its PostgreSQL is
/// @param parts all parts by name
record SystemFile(String system, String edge, DatabaseServer databases, Map<String, Place> parts) {
  static final String NAME = "system.json";

  /// Where one part runs.
  ///
  /// @param pid its process
  /// @param address `host:port`
  record Place(long pid, String address) {}

  SystemFile {
    parts = new TreeMap<>(parts);
  }

  /// The running system of a folder.
  ///
  /// @throws dev.concordat.core.Failure when none runs there
  static SystemFile read(Path data) {
    Path file = data.resolve(NAME);
    if (Files.notExists(file) || !DataFolder.inUse(data)) {
      throw Refusal.because(
          "no running system in " + data + "; start it with ./concordat up --data " + data);
    }
    try {
      Struct.Builder json = Struct.newBuilder();
      JsonFormat.parser().merge(Files.readString(file), json);
      return of(json.build());
    } catch (IOException | IllegalArgumentException e) {
      throw Refusal.because(file + " cannot be read; stop the system and start it again", e);
    }
  }

  void write(Path data) {
    try {
      Path file = data.resolve(NAME);
      Path next = Files.createTempFile(data, NAME, ".next");
      Files.writeString(next, json());
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw Refusal.because(data.resolve(NAME) + " cannot be written: " + e.getMessage(), e);
    }
  }

  static void remove(Path data) {
    try {
      Files.deleteIfExists(data.resolve(NAME));
    } catch (IOException e) {
      throw Refusal.because(data.resolve(NAME) + " cannot be removed: " + e.getMessage(), e);
    }
  }

  /// Where a part listens, as `host:port`.
  Optional<String> address(String part) {
    return Optional.ofNullable(parts.get(part)).map(Place::address);
  }

  /// JDBC URL of the database with the registry, the log and the spans.
  String sharedUrl() {
    return databases.url(Site.SHARED);
  }

  /// Written by hand: the values are names, addresses and numbers, and `JsonFormat` would write the
  /// numbers as `8080.0`.
  private String json() {
    String places =
        parts.entrySet().stream()
            .map(part -> "    \"%s\": %s".formatted(part.getKey(), json(part.getValue())))
            .collect(Collectors.joining(",\n"));
    return """
    {
      "system": "%s",
      "edge": "%s",
      "postgres": {"host": "%s", "port": %d, "user": "%s"},
      "parts": {
    %s
      }
    }
    """
        .formatted(system, edge, databases.host(), databases.port(), databases.user(), places);
  }

  private static String json(Place place) {
    return "{\"pid\": %d, \"address\": \"%s\"}".formatted(place.pid(), place.address());
  }

  private static SystemFile of(Struct json) {
    Struct postgres = json.getFieldsOrThrow("postgres").getStructValue();
    Map<String, Place> parts = new TreeMap<>();
    json.getFieldsOrThrow("parts")
        .getStructValue()
        .getFieldsMap()
        .forEach((name, place) -> parts.put(name, place(place.getStructValue())));
    return new SystemFile(
        json.getFieldsOrThrow("system").getStringValue(),
        json.getFieldsOrThrow("edge").getStringValue(),
        new DatabaseServer(
            postgres.getFieldsOrThrow("host").getStringValue(),
            (int) postgres.getFieldsOrThrow("port").getNumberValue(),
            postgres.getFieldsOrThrow("user").getStringValue()),
        parts);
  }

  private static Place place(Struct json) {
    return new Place(
        (long) json.getFieldsOrThrow("pid").getNumberValue(),
        json.getFieldsOrThrow("address").getStringValue());
  }
}
