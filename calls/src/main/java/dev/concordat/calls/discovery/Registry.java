package dev.concordat.calls.discovery;

import dev.concordat.calls.jdbc.Database;
import dev.concordat.core.Background;
import dev.concordat.core.Context;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/// Who listens where, in PostgreSQL: table `concordat.registry`, created when it is missing. The
/// embedded default; larger systems have DNS, Consul or Kubernetes.
///
/// An instance is known while its lease is renewed: 10 seconds, renewed at a third of that. One
/// that stops takes itself away at once; one that dies is gone when its lease ends, and until then
/// clients go around it by themselves. Watches look every 500 ms, and at once when somebody could
/// not be reached. While the database cannot be reached, what was last known stands; after that it
/// stands for one more lease, until everybody had the time to renew theirs.
///
/// Threads: safe for many.
///
/// Failure: [#register] fails with [dev.concordat.core.Code#UNAVAILABLE] when the database cannot
/// be reached; what goes on in the background is tried again and logged.
public final class Registry implements Resolver, Registrar, AutoCloseable {
  /// How long an instance that has fallen silent is still known, unless said otherwise.
  public static final Duration LEASE = Duration.ofSeconds(10);

  /// How often watches look, unless said otherwise.
  public static final Duration POLL = Duration.ofMillis(500);

  private static final Logger LOG = System.getLogger(Registry.class.getName());

  private static final Duration REST = Duration.ofMillis(50);

  private static final String CREATE =
      """
      create table if not exists concordat.registry (
        service text not null,
        host text not null,
        port int not null,
        attributes text[] not null,
        instance uuid not null,
        lease_until timestamptz not null,
        primary key (service, host, port)
      )
      """;

  private static final String REGISTER =
      """
      insert into concordat.registry (service, host, port, attributes, instance, lease_until)
      values (?, ?, ?, ?, ?, clock_timestamp() + ? * interval '1 millisecond')
      on conflict (service, host, port) do update
      set attributes = excluded.attributes,
          instance = excluded.instance,
          lease_until = excluded.lease_until
      """;

  private static final String DEREGISTER =
      """
      delete from concordat.registry where service = ? and host = ? and port = ? and instance = ?
      """;

  private static final String FORGET_THE_DEAD =
      """
      delete from concordat.registry where lease_until < clock_timestamp() - interval '1 minute'
      """;

  private static final String LOOK =
      """
      select service, host, port, attributes
      from concordat.registry
      where service = any(?) and lease_until > clock_timestamp()
      order by service, host, port
      """;

  private final Database database;
  private final Duration lease;
  private final Duration poll;
  private final Background threads = new Background("registry");
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition wanted = lock.newCondition();
  private final List<Listing> listings = new CopyOnWriteArrayList<>();
  private final List<Watching> watches = new CopyOnWriteArrayList<>();
  private boolean lookNow;
  private volatile boolean reachable = true;

  // Leases of those who live have expired as well while the database was away. Of the look thread.
  private long forgetFrom = System.nanoTime();

  private Registry(DataSource source, Duration lease, Duration poll) {
    this.database = new Database(source);
    this.lease = lease;
    this.poll = poll;
    database.create(CREATE);
    Context.root()
        .run(() -> {
          threads.start("renew", this::renew);
          threads.start("look", this::look);
        });
  }

  /// A registry in this database.
  public static Registry open(DataSource source) {
    return open(source, LEASE, POLL);
  }

  /// A registry with other times.
  ///
  /// @param lease how long an instance that has fallen silent is still known
  /// @param poll how often watches look
  public static Registry open(DataSource source, Duration lease, Duration poll) {
    return new Registry(source, lease, poll);
  }

  @Override
  public Registration register(String service, Endpoint endpoint) {
    Listing listing = new Listing(service, endpoint, UUID.randomUUID());
    listing.renew();
    listings.add(listing);
    return listing;
  }

  @Override
  public Watch watch(String service, Consumer<List<Endpoint>> listener) {
    Watching watching = new Watching(service, listener);
    watches.add(watching);
    watching.refresh();
    return watching;
  }

  /// Takes away what was registered here and ends the watches.
  @Override
  public void close() {
    listings.forEach(Listing::close);
    watches.clear();
    threads.stop(Duration.ZERO);
  }

  private void renew() {
    long pause = lease.dividedBy(3).toMillis();
    while (!threads.stopping()) {
      try {
        Thread.sleep(pause);
        quietly(() -> {
          listings.forEach(Listing::renew);
          database.update(FORGET_THE_DEAD);
        });
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void look() {
    while (!threads.stopping()) {
      lock.lock();
      try {
        long left = poll.toNanos();
        while (!lookNow && left > 0) {
          left = wanted.awaitNanos(left);
        }
        lookNow = false;
      } catch (InterruptedException e) {
        return;
      } finally {
        lock.unlock();
      }
      if (!quietly(this::readOnce)) {
        forgetFrom = System.nanoTime() + lease.toNanos();
      }
      if (!rested()) {
        return;
      }
    }
  }

  /// However many callers ask for a fresh look, the database sees twenty a second at most.
  private static boolean rested() {
    try {
      Thread.sleep(REST);
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void readOnce() {
    if (watches.isEmpty()) {
      return;
    }
    List<Watching> asking = List.copyOf(watches);
    String[] names = asking.stream().map(w -> w.service).distinct().toArray(String[]::new);
    Map<String, List<Endpoint>> found = new HashMap<>();
    for (Found one : database.query(Found::read, LOOK, (Object) names)) {
      found.computeIfAbsent(one.service(), name -> new ArrayList<>()).add(one.endpoint());
    }
    boolean forget = System.nanoTime() - forgetFrom >= 0;
    asking.forEach(watching -> {
      List<Endpoint> seen = found.getOrDefault(watching.service, List.of());
      watching.tell(forget ? seen : watching.withKnown(seen));
    });
  }

  /// The database may be away for a while: said once, tried again every time.
  private boolean quietly(Runnable work) {
    try {
      work.run();
      if (!reachable) {
        LOG.log(Level.INFO, "registry can be reached again");
      }
      reachable = true;
      return true;
    } catch (Throwable e) {
      if (reachable && !threads.stopping()) {
        LOG.log(Level.WARNING, "registry cannot be reached; what was last known stands", e);
      }
      reachable = false;
      return false;
    }
  }

  private final class Listing implements Registration {
    private final String service;
    private final Endpoint endpoint;
    private final UUID instance;
    private boolean closed;

    Listing(String service, Endpoint endpoint, UUID instance) {
      this.service = service;
      this.endpoint = endpoint;
      this.instance = instance;
    }

    synchronized void renew() {
      if (!closed) {
        database.update(
            REGISTER,
            service,
            endpoint.host(),
            endpoint.port(),
            Found.pairs(endpoint.attributes()),
            instance,
            lease.toMillis());
      }
    }

    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        listings.remove(this);
        quietly(
            () -> database.update(DEREGISTER, service, endpoint.host(), endpoint.port(), instance));
      }
    }
  }

  private final class Watching implements Watch {
    private final String service;
    private final Consumer<List<Endpoint>> listener;
    private @Nullable List<Endpoint> told;

    Watching(String service, Consumer<List<Endpoint>> listener) {
      this.service = service;
      this.listener = listener;
    }

    void tell(List<Endpoint> endpoints) {
      if (!endpoints.equals(told)) {
        told = endpoints;
        Telling.tell(service, listener, endpoints);
      }
    }

    List<Endpoint> withKnown(List<Endpoint> seen) {
      List<Endpoint> all = new ArrayList<>(seen);
      Set<String> addresses = seen.stream().map(Endpoint::address).collect(Collectors.toSet());
      if (told != null) {
        told.stream().filter(one -> !addresses.contains(one.address())).forEach(all::add);
      }
      return List.copyOf(all);
    }

    @Override
    public void refresh() {
      lock.lock();
      try {
        lookNow = true;
        wanted.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      watches.remove(this);
    }
  }

  /// One row.
  private record Found(String service, Endpoint endpoint) {
    static Found read(ResultSet row) throws SQLException {
      Map<String, String> attributes = new HashMap<>();
      for (String pair : (String[]) row.getArray("attributes").getArray()) {
        int equals = pair.indexOf('=');
        attributes.put(pair.substring(0, equals), pair.substring(equals + 1));
      }
      return new Found(
          row.getString("service"),
          new Endpoint(row.getString("host"), row.getInt("port"), attributes));
    }

    static String[] pairs(Map<String, String> attributes) {
      return attributes.entrySet().stream()
          .map(entry -> entry.getKey() + "=" + entry.getValue())
          .sorted()
          .toArray(String[]::new);
    }
  }
}
