package dev.concordat.kafka.broker;

import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.locks.LockSupport;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/// What comes before the broker when the one before it was killed: the controller runs alone until
/// it has declared that broker dead.
///
/// Without that, the controller takes the dead broker for alive for another nine seconds, and so
/// the new one takes itself for the leader of everything before it can be reached. Its transaction
/// coordinator then resumes the commits that were under way, cannot reach the partitions' leader,
/// which is itself, and when the nine seconds are over and they have no leader at all, takes them
/// for deleted and the commits for done (`TransactionMarkerChannelManager` of Kafka 4.3: "these
/// partitions are likely deleted already and hence can be skipped"). Those transactions stay open
/// on their partitions for ever, and nobody who reads committed messages gets past them.
final class AfterCrash {
  private static final String CLEAN = ".kafka_cleanshutdown";
  private static final String SESSION_MILLIS = "300";
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long LOOK_NANOS = 10_000_000;

  private static final ObjectName FENCED =
      name("kafka.controller:type=KafkaController,name=FencedBrokerCount");

  private AfterCrash() {}

  /// Whether a broker has run on this folder and was not stopped.
  static boolean happened(Path logs) {
    return Files.isDirectory(logs.resolve("__cluster_metadata-0"))
        && Files.notExists(logs.resolve(CLEAN));
  }

  /// Returns once the dead broker counts as dead, or after ten seconds.
  static void fence(Properties settings) {
    Properties alone = new Properties();
    alone.putAll(settings);
    alone.setProperty("process.roles", "controller");
    alone.remove("advertised.listeners");
    alone.setProperty("listeners", controllers(settings.getProperty("listeners")));
    alone.setProperty("broker.session.timeout.ms", SESSION_MILLIS);
    KafkaRaftServer controller = new KafkaRaftServer(new KafkaConfig(alone, false), Time.SYSTEM);
    controller.startup();
    long until = System.nanoTime() + PATIENCE.toNanos();
    while (!fenced() && System.nanoTime() < until) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    controller.shutdown();
    controller.awaitShutdown();
  }

  private static String controllers(String listeners) {
    return listeners.substring(listeners.indexOf("CONTROLLER://"));
  }

  private static boolean fenced() {
    try {
      Object count = ManagementFactory.getPlatformMBeanServer().getAttribute(FENCED, "Value");
      return count instanceof Number number && number.intValue() > 0;
    } catch (InstanceNotFoundException e) {
      return false; // the controller is not that far yet
    } catch (JMException e) {
      throw new IllegalStateException("Kafka does not tell " + FENCED, e);
    }
  }

  private static ObjectName name(String name) {
    try {
      return new ObjectName(name);
    } catch (MalformedObjectNameException e) {
      throw new IllegalStateException(e);
    }
  }
}
