package dev.concordat.events.personal;

import com.google.protobuf.ByteString;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.personal.KeyTable.Row;
import dev.concordat.events.personal.KeyTable.Wrapped;
import dev.concordat.events.store.Database;
import dev.concordat.events.store.Schema;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// One key per owner and person, wrapped by a master key, in a database that the services share.
/// Deleting it is forgetting: nothing that was encrypted with it can be read any more, wherever it
/// lies.
///
/// Threads: safe for many.
///
/// Failure: `UNAVAILABLE` while the database cannot be reached or the master key is not at hand, so
/// that a subscription waits instead of giving its messages up.
public final class PersonKeys {
  /// For so long another process may still read what was forgotten here.
  public static final Duration REMEMBERED = Duration.ofSeconds(30);

  private static final int KEY_BYTES = 32;
  private static final int MOST_REMEMBERED = 10_000;
  private static final int LONGEST_PERSON = 512;
  private static final int RACES = 5;

  private final KeyTable table;
  private final MasterKeys masters;
  private final Clock clock;
  private final Map<UUID, Remembered> remembered = new ConcurrentHashMap<>();
  private final Map<Whose, UUID> ids = new ConcurrentHashMap<>();

  private PersonKeys(KeyTable table, MasterKeys masters, Clock clock) {
    this.table = table;
    this.masters = masters;
    this.clock = clock;
  }

  /// Opens the keys and makes their tables when they are missing.
  ///
  /// @param shared the database that all services share
  /// @throws Failure with `FAILED_PRECONDITION` when a master key is another one than the others
  ///   have under its name
  public static PersonKeys open(DataSource shared, MasterKeys masters, Clock clock) {
    Database database = new Database(shared);
    Schema.create(database, List.of(Schema.PERSONAL));
    KeyTable table = new KeyTable(database);
    masters.names().forEach(name -> requireTheSame(table, masters, name));
    return new PersonKeys(table, masters, clock);
  }

  private record Remembered(Held held, long until) {}

  private record Whose(String owner, String person) {}

  /// A key and its name.
  record Named(UUID id, SecretKey key) {}

  /// What has become of a key.
  sealed interface Held {
    /// It is there.
    record Open(SecretKey key) implements Held {}

    /// It was deleted.
    record Forgotten() implements Held {}
  }

  /// The key of a person, made when there is none.
  ///
  /// @throws Failure with `INVALID_ARGUMENT` for a name that is none
  Named issue(String owner, String person) {
    if (person.isEmpty() || person.length() > LONGEST_PERSON || person.indexOf(0) >= 0) {
      throw Failure.of(
          Code.INVALID_ARGUMENT,
          "a person is named by 1 to " + LONGEST_PERSON + " characters, none of them NUL");
    }
    Whose whose = new Whose(owner, person);
    UUID known = ids.get(whose);
    if (known != null && atHand(known) instanceof Held.Open open) {
      return new Named(known, open.key());
    }
    Named issued = made(whose);
    remember(issued.id(), new Held.Open(issued.key()));
    ids.put(whose, issued.id());
    return issued;
  }

  /// What has become of a key; empty when there was never such a one in this database.
  Optional<Held> find(UUID id) {
    Held known = atHand(id);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Held> found = table.byId(id).map(this::held);
    found.ifPresent(held -> remember(id, held));
    return found;
  }

  /// Forgets a person: what any service was told of them by this owner can be read no more; in this
  /// process at once, in others after [#REMEMBERED] at most. Cannot be taken back. What the owner
  /// tells of them afterwards has a new key.
  ///
  /// @return false when there was nothing to forget
  public boolean forget(String owner, String person) {
    Optional<UUID> gone = table.forget(owner, person);
    ids.remove(new Whose(owner, person));
    gone.ifPresent(id -> remember(id, new Held.Forgotten()));
    return gone.isPresent();
  }

  /// Wraps all keys with the current master key, so that the others can be thrown away. Messages
  /// stay as they are.
  ///
  /// @return how many were wrapped anew
  public int rewrap() {
    int all = 0;
    int some;
    do {
      some = table.rewrap(masters.current(), row -> wrapped(unwrapped(row)));
      all += some;
    } while (some > 0);
    return all;
  }

  /// Somebody may forget the person, or make the key, between two statements.
  private Named made(Whose whose) {
    for (int race = 0; race < RACES; race++) {
      Optional<Row> there = table.ofPerson(whose.owner(), whose.person());
      if (there.isPresent()) {
        return unwrapped(there.get());
      }
      Named fresh =
          new Named(UUID.randomUUID(), new SecretKeySpec(Cipher.random(KEY_BYTES), "AES"));
      table.add(whose.owner(), whose.person(), fresh.id(), wrapped(fresh));
    }
    throw Failure.of(
        Code.ABORTED, "the person is being forgotten again and again just now; try later");
  }

  private Held held(Row row) {
    return row.wrapped().isPresent() ? new Held.Open(unwrapped(row).key()) : new Held.Forgotten();
  }

  private Wrapped wrapped(Named key) {
    String name = masters.current();
    SecretKey master = masters.find(name).orElseThrow();
    byte[] bytes = Cipher.seal(master, key.key().getEncoded(), about(key.id()));
    return new Wrapped(ByteString.copyFrom(bytes), name);
  }

  private Named unwrapped(Row row) {
    Wrapped wrapped = row.wrapped().orElseThrow();
    SecretKey master =
        masters
            .find(wrapped.master())
            .orElseThrow(() ->
                unavailable(
                    "the master key \""
                        + wrapped.master()
                        + "\" is not at hand; add it to the file again, or wrap all keys anew"));
    byte[] key =
        Cipher.open(master, wrapped.bytes().toByteArray(), about(row.id()))
            .orElseThrow(() ->
                unavailable(
                    "the key "
                        + row.id()
                        + " does not open with the master key \""
                        + wrapped.master()
                        + "\"; it was changed in the database"));
    return new Named(row.id(), new SecretKeySpec(key, "AES"));
  }

  private static void requireTheSame(KeyTable table, MasterKeys masters, String name) {
    SecretKey master = masters.find(name).orElseThrow();
    byte[] about = ("master " + name).getBytes(StandardCharsets.UTF_8);
    byte[] kept = table.proof(name, Cipher.seal(master, new byte[KEY_BYTES], about));
    if (Cipher.open(master, kept, about).isEmpty()) {
      throw Failure.of(
          Code.FAILED_PRECONDITION,
          "the master key \""
              + name
              + "\" is another one than the key of this name that the other services have; give"
              + " this service the same file, and a new key a new name");
    }
  }

  private static Failure unavailable(String why) {
    return Failure.of(Code.UNAVAILABLE, why);
  }

  private static byte[] about(UUID id) {
    return ("key " + id).getBytes(StandardCharsets.UTF_8);
  }

  private @Nullable Held atHand(UUID id) {
    Remembered known = remembered.get(id);
    return known != null && known.until() - clock.nanos() > 0 ? known.held() : null;
  }

  private void remember(UUID id, Held held) {
    if (remembered.size() >= MOST_REMEMBERED) {
      remembered.clear();
      ids.clear();
    }
    // Who read the key right before it was deleted here does not bring it back.
    var _ =
        remembered.merge(
            id,
            new Remembered(held, clock.nanos() + REMEMBERED.toNanos()),
            (old, now) -> old.held() instanceof Held.Forgotten ? old : now);
  }
}
