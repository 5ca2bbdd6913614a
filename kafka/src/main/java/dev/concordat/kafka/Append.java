package dev.concordat.kafka;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.log.Envelope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.jspecify.annotations.Nullable;

/// One producer's appends, each a transaction: the messages and the producer's new number.
///
/// Opening it fences every other process that appends under the same name and ends what that one
/// had begun. So the number that is read then stays the last until we write the next, or are fenced
/// ourselves; and then we open again and look again.
///
/// Threads: safe for many; one append at a time.
final class Append implements AutoCloseable {
  private static final int TRIES = 5;
  private static final Duration AT_ONCE = Duration.ZERO;

  private final String producer;
  private final Settings settings;
  private final Topics topics;
  private final Sequences sequences;
  private final Leftovers leftovers;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Open open;

  /// The last number that Kafka has confirmed to us.
  private long confirmed;

  Append(
      String producer, Settings settings, Topics topics, Sequences sequences, Leftovers leftovers) {
    this.producer = producer;
    this.settings = settings;
    this.topics = topics;
    this.sequences = sequences;
    this.leftovers = leftovers;
  }

  /// A producer that has fenced the others.
  private record Open(KafkaProducer<byte[], byte[]> kafka, long last) {}

  boolean run(long sequence, List<Envelope> messages) {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(messages.size() + 1);
    for (Envelope message : messages) {
      String topic = settings.name(message.topic());
      records.add(Records.of(message, topic, topics.partitions(topic)));
    }
    records.add(sequences.record(producer, sequence));
    lock.lock();
    try {
      for (int attempt = 1; attempt <= TRIES; attempt++) {
        Open now = open == null ? open() : open;
        if (sequence <= now.last) {
          return false;
        }
        if (now.last < confirmed) {
          throw missing(now.last);
        }
        if (transact(now, records)) {
          open = new Open(now.kafka, sequence);
          confirmed = sequence;
          return true;
        }
      }
    } finally {
      lock.unlock();
    }
    throw Failure.of(
        Code.ABORTED, "another process appends as " + producer + " at the same time; try again");
  }

  /// The last number, whoever has used it.
  long last() {
    lock.lock();
    try {
      drop();
      long last = open().last;
      confirmed = last;
      return last;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      drop();
    } finally {
      lock.unlock();
    }
  }

  private Open open() {
    var kafka = new KafkaProducer<byte[], byte[]>(settings.producer(settings.name(producer)));
    try {
      kafka.initTransactions();
      sequences
          .hanging(producer)
          .ifPresent(from -> leftovers.abort(sequences.partition(producer), from));
      Open opened = new Open(kafka, sequences.last(producer));
      open = opened;
      return opened;
    } catch (KafkaException | Failure e) {
      kafka.close(AT_ONCE);
      throw KafkaFailures.of(e, settings, "opening the producer " + producer);
    }
  }

  /// Sends all and commits; false when another process has taken our place, and nothing was done.
  private boolean transact(Open now, List<ProducerRecord<byte[], byte[]>> records) {
    try {
      now.kafka.beginTransaction();
      for (ProducerRecord<byte[], byte[]> record : records) {
        // What fails here fails the commit.
        var _ = now.kafka.send(record);
      }
      now.kafka.commitTransaction();
      return true;
    } catch (KafkaException e) {
      // Whether it was committed is not known: the next to open ends it either way, and looks.
      drop();
      if (fenced(e)) {
        return false;
      }
      throw KafkaFailures.of(e, settings, "appending as " + producer);
    }
  }

  /// Whoever appends asks for the last number after a failure, and so appends again what is
  /// missing.
  private Failure missing(long last) {
    return Failure.of(
        Code.ABORTED,
        "Kafka has forgotten what it confirmed: number "
            + confirmed
            + " of "
            + producer
            + "; the last is "
            + last);
  }

  private static boolean fenced(Throwable error) {
    @Nullable Throwable each = error;
    while (each != null) {
      if (each instanceof ProducerFencedException
          || each instanceof InvalidProducerEpochException) {
        return true;
      }
      each = each.getCause();
    }
    return false;
  }

  private void drop() {
    Open now = open;
    open = null;
    if (now != null) {
      now.kafka.close(AT_ONCE);
    }
  }
}
