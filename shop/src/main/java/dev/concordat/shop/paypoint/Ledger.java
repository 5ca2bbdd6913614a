package dev.concordat.shop.paypoint;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.shop.paypoint.v1.Charge;
import dev.concordat.shop.paypoint.v1.ChargeState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;

/// The payment company's books: every charge in memory, and every change of one as a line of JSON
/// in a file, which is read again at the start. The last line of a charge counts; a line that was
/// cut off in the middle does not.
///
/// Threads: safe for many.
///
/// Guarantee: what was answered survives the death of the process (not of the machine: lines are
/// not forced to the disk, this is a simulator).
final class Ledger implements AutoCloseable {
  private static final JsonFormat.Printer LINE =
      JsonFormat.printer().omittingInsignificantWhitespace();

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final TreeMap<String, Charge> charges = new TreeMap<>();
  private final FileChannel journal;

  private Ledger(FileChannel journal) {
    this.journal = journal;
  }

  static Ledger open(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    byte[] bytes = Files.exists(file) ? Files.readAllBytes(file) : new byte[0];
    String text = new String(bytes, StandardCharsets.UTF_8);
    String whole = text.substring(0, text.lastIndexOf('\n') + 1);
    FileChannel journal =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    journal.truncate(whole.getBytes(StandardCharsets.UTF_8).length).position(journal.size());
    Ledger ledger = new Ledger(journal);
    for (String line : whole.lines().toList()) {
      Charge.Builder charge = Charge.newBuilder();
      JsonFormat.parser().merge(line, charge);
      ledger.charges.put(charge.getReference(), charge.build());
    }
    return ledger;
  }

  Optional<Charge> find(String reference) {
    return locked(() -> Optional.ofNullable(charges.get(reference)));
  }

  List<Charge> after(String reference, int limit) {
    return locked(() -> charges.tailMap(reference, false).values().stream().limit(limit).toList());
  }

  /// Decides on the present charge, empty when there is none, and writes down what was decided.
  Charge change(String reference, Function<Optional<Charge>, Charge> decision) {
    return locked(() -> {
      Optional<Charge> present = Optional.ofNullable(charges.get(reference));
      Charge next = decision.apply(present);
      if (present.isEmpty() || !present.get().equals(next)) {
        append(next);
        charges.put(reference, next);
        changed.signalAll();
      }
      return next;
    });
  }

  /// Returns when the charge is not processing any more, or when the time is over.
  void awaitSettled(String reference, Duration patience) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      long left = patience.toNanos();
      while (left > 0 && processing(reference)) {
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean processing(String reference) {
    Charge charge = charges.get(reference);
    return charge != null && charge.getState() == ChargeState.PROCESSING;
  }

  private void append(Charge charge) {
    try {
      ByteBuffer line =
          ByteBuffer.wrap((LINE.print(charge) + "\n").getBytes(StandardCharsets.UTF_8));
      while (line.hasRemaining()) {
        journal.write(line);
      }
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException("a charge has no Any in it", e);
    } catch (IOException e) {
      throw new UncheckedIOException("the ledger cannot be written", e);
    }
  }

  private <T> T locked(Supplier<T> work) {
    lock.lock();
    try {
      return work.get();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    journal.close();
  }
}
