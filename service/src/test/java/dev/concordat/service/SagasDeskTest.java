package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import dev.concordat.events.sagas.Saga;
import dev.concordat.events.sagas.SagaOutcome;
import dev.concordat.events.sagas.SagaType;
import dev.concordat.service.shelf.v1.AddBookRequest;
import dev.concordat.service.shelf.v1.Book;
import dev.concordat.service.shelf.v1.ShelfClient;
import dev.concordat.service.shelf.v1.ShelfOwner;
import dev.concordat.service.v1.AbortSagaRequest;
import dev.concordat.service.v1.EndSagaRequest;
import dev.concordat.service.v1.ListSagasRequest;
import dev.concordat.service.v1.RetrySagaRequest;
import dev.concordat.service.v1.SagaDeskClient;
import dev.concordat.service.v1.SagaLine;
import dev.concordat.service.v1.SagaStatus;
import dev.concordat.service.v1.ShowSagaRequest;
import dev.concordat.service.v1.ShownSaga;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SagasDeskTest {
  private static final Book NONE = Book.getDefaultInstance();

  /// From the list to the end, over a real socket.
  @Test
  void aSagaIsListedShownAndAborted() {
    String shared = TestDatabases.create("shared");
    try (Service<ShelfOwner> shelf =
            Concordat.service(ShelfOwner.OWNER, TestDatabases.environment("shelf", shared));
        Visitor visitor = Concordat.visitor("cli", TestDatabases.environment("cli", shared))) {
      SagaType<Book, Book> type =
          shelf.saga(
              "binding",
              NONE,
              NONE,
              (saga, in) -> {
                Book bound =
                    saga.step("bind", NONE, () -> in.toBuilder().setTitle("bound").build());
                saga.sleep("dry", Duration.ofMinutes(50));
                return bound;
              });
      shelf.start();
      try (var tx = shelf.begin()) {
        type.start(tx, "b1", Book.newBuilder().setBookId("b1").build());
        tx.commit();
      }
      SagaDeskClient desk = new SagaDeskClient(visitor.calls().caller("shelf"));
      SagaLine line = awaitWaiting(desk);
      assertThat(line.getWaitsFor()).isEqualTo("sleep \"dry\"");

      ShownSaga shown =
          desk.showSaga(ShowSagaRequest.newBuilder().setType("binding").setSagaId("b1").build());
      assertThat(shown.getInputJson()).contains("b1");
      assertThat(shown.getSteps(0).getName()).isEqualTo("bind");
      assertThat(shown.getSteps(0).getAnswerJson()).contains("bound");

      assertThat(
              desk.retrySaga(
                      RetrySagaRequest.newBuilder().setType("binding").setSagaId("b1").build())
                  .getRetried())
          .isFalse();
      assertThat(
              desk.endSaga(
                      EndSagaRequest.newBuilder()
                          .setType("binding")
                          .setSagaId("b1")
                          .setEndedBy("test")
                          .setBecause("x")
                          .build())
                  .getEnded())
          .isFalse();
      assertThat(
              desk.abortSaga(
                      AbortSagaRequest.newBuilder()
                          .setType("binding")
                          .setSagaId("b1")
                          .setBecause("wet")
                          .build())
                  .getRequested())
          .isTrue();
      assertThat(type.await("b1", Deadline.after(Duration.ofSeconds(30), Clock.SYSTEM)))
          .isInstanceOfSatisfying(
              SagaOutcome.Failed.class,
              failed -> assertThat(failed.failure().message()).isEqualTo("wet"));
      assertThatThrownBy(() ->
              desk.showSaga(
                  ShowSagaRequest.newBuilder().setType("binding").setSagaId("b9").build()))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
    }
  }

  @Test
  void anAnswerIsShownByAProcessThatOnlyHasAClientOfItsContract() {
    String shared = TestDatabases.create("shared");
    Environment shelf = TestDatabases.environment("shelf", shared);
    try (Visitor visitor = Concordat.visitor("cli", TestDatabases.environment("cli", shared))) {
      SagaDeskClient desk = new SagaDeskClient(visitor.calls().caller("shelf"));
      try (Service<ShelfOwner> before = Concordat.service(ShelfOwner.OWNER, shelf)) {
        var type = before.saga("asking", NONE, NONE, SagasDeskTest::ask);
        before.start();
        try (var tx = before.begin()) {
          type.start(tx, "b1", Book.newBuilder().setBookId("b1").build());
          tx.commit();
        }
        var _ = awaitWaiting(desk);
      }
      try (Service<ShelfOwner> after = Concordat.service(ShelfOwner.OWNER, shelf)) {
        ShelfClient _ = after.client(ShelfClient.FACTORY);
        after.start();
        var request = ShowSagaRequest.newBuilder().setType("asking").setSagaId("b1").build();
        assertThat(desk.showSaga(request).getSteps(0).getAnswerJson()).contains("Emma");
      }
    }
  }

  private static Book ask(Saga<ShelfOwner> saga, Book in) {
    var nothing = AddBookRequest.getDefaultInstance();
    var _ = saga.step("ask", nothing, () -> nothing.toBuilder().setTitle("Emma").build());
    saga.sleep("dry", Duration.ofMinutes(50));
    return in;
  }

  private static SagaLine awaitWaiting(SagaDeskClient desk) {
    var waiting = ListSagasRequest.newBuilder().addStatuses(SagaStatus.SAGA_STATUS_WAITING).build();
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (System.nanoTime() < end) {
      try (Source<SagaLine> found = desk.listSagas(waiting)) {
        List<SagaLine> lines = new ArrayList<>();
        found.forEach(lines::add);
        if (!lines.isEmpty()) {
          return lines.getFirst();
        }
      }
    }
    throw new AssertionError("it never waits");
  }
}
