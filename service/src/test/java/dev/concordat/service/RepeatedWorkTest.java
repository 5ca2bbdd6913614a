package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.events.Retry;
import dev.concordat.events.sagas.SagaOutcome;
import dev.concordat.events.sagas.SagaType;
import dev.concordat.service.reader.v1.ReadBook;
import dev.concordat.service.reader.v1.ReaderOwner;
import dev.concordat.service.shelf.v1.AddBookRequest;
import dev.concordat.service.shelf.v1.Book;
import dev.concordat.service.shelf.v1.BookAdded;
import dev.concordat.service.shelf.v1.ReadAloudRequest;
import dev.concordat.service.shelf.v1.ShelfApi;
import dev.concordat.service.shelf.v1.ShelfClient;
import dev.concordat.service.shelf.v1.ShelfOwner;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Work that asks another service and then fails runs again; what it asked was done once.
class RepeatedWorkTest {
  private static final Duration SOON = Duration.ofMillis(10);

  private final String shared = TestDatabases.create("shared");
  private final List<String> added = new CopyOnWriteArrayList<>();
  private final BlockingQueue<String> done = new LinkedBlockingQueue<>();
  private final AtomicInteger runs = new AtomicInteger();
  private final Service<ShelfOwner> shelf =
      Concordat.service(ShelfOwner.OWNER, TestDatabases.environment("shelf", shared));
  private final Service<ReaderOwner> reader =
      Concordat.service(ReaderOwner.OWNER, TestDatabases.environment("reader", shared));
  private final ShelfClient client = reader.client(ShelfClient.FACTORY);

  RepeatedWorkTest() {
    shelf.implement(ShelfApi.CONTRACT, new Shelf());
    shelf.start();
  }

  @AfterEach
  void stop() {
    reader.close();
    shelf.close();
  }

  @Test
  void taskThatFailsAfterItsCallsDoesThemOnce() throws InterruptedException {
    reader.work(
        ReadBook.class,
        (task, lease) -> {
          add("Emma");
          add("Emma"); // Meant twice, done twice.
          Fanout.each(List.of("Persuasion", "Sanditon", "Lady Susan"), this::add);
          failOnce();
        });
    reader.start();
    enqueue();
    awaitDone();
    assertThat(added)
        .containsExactlyInAnyOrder("Emma", "Emma", "Persuasion", "Sanditon", "Lady Susan");
  }

  @Test
  void handlerThatFailsAfterItsCallsDoesThemOnce() throws InterruptedException {
    reader.subscribe(
        BookAdded.class,
        "copies",
        (event, tx) -> {
          add("copy of " + event.getTitle());
          failOnce();
        });
    reader.start();
    try (var tx = shelf.begin()) {
      tx.publish(BookAdded.newBuilder().setBookId("b").setTitle("Emma").build());
      tx.commit();
    }
    awaitDone();
    assertThat(added).containsExactly("copy of Emma");
  }

  @Test
  void sagaStepThatFailsAfterItsCallsDoesThemOnce() {
    SagaType<ReadBook, Book> type =
        reader.saga(
            "copy",
            ReadBook.getDefaultInstance(),
            Book.getDefaultInstance(),
            (saga, in) ->
                saga.step(
                    "add",
                    Book.getDefaultInstance(),
                    () -> {
                      Book book = client.addBook(request("Emma"));
                      if (runs.incrementAndGet() == 1) {
                        throw Failure.of(Code.UNAVAILABLE, "lost on the way back");
                      }
                      return book;
                    }));
    reader.start();
    try (var tx = reader.begin()) {
      type.start(tx, "s1", task());
      tx.commit();
    }
    SagaOutcome<Book> outcome =
        type.await("s1", Deadline.after(Duration.ofSeconds(20), Clock.SYSTEM));
    assertThat(outcome).isInstanceOf(SagaOutcome.Completed.class);
    assertThat(runs).hasValue(2);
    assertThat(added).containsExactly("Emma");
  }

  @Test
  void otherRequestInTheSecondRunIsRefusedAndNotDoneBesideTheFirst() throws InterruptedException {
    reader.work(
        ReadBook.class,
        (task, lease) -> {
          try {
            add("Emma " + runs.incrementAndGet());
          } catch (Failure failure) {
            done.add(failure.details().reason());
            return;
          }
          throw Retry.after(SOON);
        });
    reader.start();
    enqueue();
    assertThat(done.poll(20, TimeUnit.SECONDS)).isEqualTo("IDEMPOTENCY_KEY_REUSED");
    assertThat(added).containsExactly("Emma 1");
  }

  private void failOnce() {
    if (runs.incrementAndGet() == 1) {
      throw Retry.after(SOON);
    }
    done.add("done");
  }

  private void awaitDone() throws InterruptedException {
    assertThat(done.poll(20, TimeUnit.SECONDS)).isEqualTo("done");
    assertThat(runs).hasValue(2);
  }

  private void enqueue() {
    try (var tx = reader.begin()) {
      tx.enqueue(task());
      tx.commit();
    }
  }

  private static ReadBook task() {
    return ReadBook.newBuilder().setBookId("b").build();
  }

  private Message add(String title) {
    return client.addBook(request(title));
  }

  private static AddBookRequest request(String title) {
    return AddBookRequest.newBuilder().setTitle(title).build();
  }

  private final class Shelf implements ShelfApi {
    @Override
    public Book addBook(AddBookRequest request) {
      added.add(request.getTitle());
      return Book.newBuilder().setBookId(added.size() + "").setTitle(request.getTitle()).build();
    }

    @Override
    public Book readAloud(ReadAloudRequest request) {
      return Book.getDefaultInstance();
    }
  }
}
