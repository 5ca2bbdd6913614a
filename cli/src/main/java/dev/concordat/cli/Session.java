package dev.concordat.cli;

import dev.concordat.core.Clock;
import dev.concordat.core.Termination;
import dev.concordat.kafka.LocalKafka;
import dev.concordat.service.DatabaseServer;
import dev.concordat.service.LocalAuthority;
import dev.concordat.service.LocalMasterKeys;
import dev.concordat.service.LogAddress;
import dev.concordat.service.OneJvm;
import dev.concordat.service.Part;
import dev.concordat.service.Plan;
import dev.concordat.service.RunningSystem;
import dev.concordat.service.Site;
import dev.concordat.telemetry.LogOptions;
import dev.concordat.telemetry.Logs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One run of a system, from an empty screen to the end: PostgreSQL, Kafka if it is wanted, then
/// the parts; at the end the parts, then the others.
final class Session {
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Program program;
  private final Plan plan;
  private final String host;
  private final int port;
  private final DataFolder folder;
  private final Terminal terminal;
  private final long begun = Clock.SYSTEM.nanos();

  Session(Program program, String host, int port, DataFolder folder, Terminal terminal) {
    this.program = program;
    this.plan = program.plan();
    this.host = host;
    this.port = port;
    this.folder = folder;
    this.terminal = terminal;
  }

  /// How the system is run.
  ///
  /// @param processes whether each part gets a JVM of its own
  /// @param kafka whether the log is on Kafka
  record Choice(boolean processes, boolean kafka) {}

  /// Runs until the end is asked for, and has stopped everything when it returns.
  void run(Choice choice, Termination termination) {
    Logs.configure(
        LogOptions.fromEnvironment(System.getenv())
            .withFile(folder.logs().resolve("concordat.log")));
    try (LocalAuthority authority =
            LocalAuthority.open(DataFolder.identity(folder.path()), Clock.SYSTEM);
        LocalPostgres postgres = LocalPostgres.start(folder)) {
      DatabaseServer server = postgres.server();
      terminal.started("postgresql", server.host() + ":" + server.port(), sinceBegun());
      Site site =
          new Site(port, server, folder.path())
              .withHost(host)
              .withAuthority(authority.keep())
              .withMasterKeys(LocalMasterKeys.in(folder.keys()));
      if (choice.kafka) {
        runOnKafka(site, choice, termination);
      } else {
        run(site, choice, termination);
      }
    }
    terminal.say("stopped; the data stays in " + folder.path());
  }

  private void runOnKafka(Site site, Choice choice, Termination termination) {
    long before = Clock.SYSTEM.nanos();
    try (LocalKafka kafka =
        LocalKafka.start(
            LocalKafka.classPath(Session.class),
            folder.kafka(),
            folder.logs().resolve("kafka.log"))) {
      Duration took = Duration.ofNanos(Clock.SYSTEM.nanos() - before);
      terminal.started("kafka", kafka.bootstrap(), took);
      run(site.withLog(new LogAddress(kafka.address())), choice, termination);
    }
  }

  private void run(Site site, Choice choice, Termination termination) {
    try (RunningSystem system = choice.processes ? apart(site) : together(site)) {
      system
          .meet(ChildJvm.PATIENCE)
          .forEach((part, unmet) ->
              terminal.say("  " + part + " has not reached " + String.join(", ", unmet) + " yet"));
      say(system);
      termination.await();
      terminal.say("stopping: no new requests, what is under way may finish");
      SystemFile.remove(folder.path());
      system.stop(GRACE);
    }
  }

  private RunningSystem together(Site site) {
    OneJvm system = OneJvm.start(plan, site, terminal);
    long pid = ProcessHandle.current().pid();
    Map<String, SystemFile.Place> places = new TreeMap<>();
    system
        .addresses()
        .forEach((part, address) -> places.put(part, new SystemFile.Place(pid, address)));
    write(site, places);
    return system;
  }

  private RunningSystem apart(Site site) {
    Children system = new Children(program, site, folder.logs(), terminal);
    system.start(places -> write(site, places));
    return system;
  }

  private void write(Site site, Map<String, SystemFile.Place> places) {
    String edge = Optional.ofNullable(places.get(edge())).map(SystemFile.Place::address).orElse("");
    new SystemFile(plan.name(), url(edge), site.databases(), places).write(folder.path());
  }

  private void say(RunningSystem system) {
    String url = url(system.addresses().getOrDefault(edge(), ""));
    terminal.say("ready in " + Terminal.seconds(sinceBegun()) + "  " + url);
    terminal.say("");
    terminal.say("try   curl " + url + "/v1/products");
    terminal.say("      ./concordat call" + dataOption());
    terminal.say("      ./concordat audit" + dataOption());
  }

  private String dataOption() {
    boolean usual = folder.path().equals(Path.of(".concordat").toAbsolutePath());
    return usual ? "" : " --data " + folder.path();
  }

  private String edge() {
    return plan.parts(Part.Kind.EDGE).getFirst().name();
  }

  private static String url(String address) {
    return "http://" + address.replace("127.0.0.1:", "localhost:");
  }

  private Duration sinceBegun() {
    return Duration.ofNanos(Clock.SYSTEM.nanos() - begun);
  }
}
