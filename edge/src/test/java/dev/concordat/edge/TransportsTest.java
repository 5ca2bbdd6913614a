package dev.concordat.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.concordat.calls.CallServer;
import dev.concordat.calls.Calls;
import dev.concordat.calls.CallsOptions;
import dev.concordat.calls.ServerOptions;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.calls.rest.Disclosure;
import dev.concordat.calls.rest.RestOptions;
import dev.concordat.calls.rest.RestTransport;
import dev.concordat.core.Background;
import dev.concordat.core.Cancellation;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import dev.concordat.core.TraceContext;
import dev.concordat.core.Violation;
import dev.concordat.edge.desk.v1.BorrowRequest;
import dev.concordat.edge.desk.v1.DeskApi;
import dev.concordat.edge.desk.v1.DeskClient;
import dev.concordat.edge.desk.v1.DeskProto;
import dev.concordat.edge.desk.v1.Loan;
import dev.concordat.edge.desk.v1.WatchLoanRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One scenario for every way that a generated client can take to the same service: what its caller
/// sees does not depend on it.
class TransportsTest {
  enum Way {
    GRPC,
    REST
  }

  private final CountDownLatch arrived = new CountDownLatch(1);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final CallServer server =
      CallServer.with(ServerOptions.of("desk").withHost("127.0.0.1"))
          .serve(DeskApi.CONTRACT, new Desk())
          .start();
  private final Calls grpc =
      Calls.open("tester", StaticResolver.of("desk", Endpoint.of("127.0.0.1", server.port())));
  private final Edge edge =
      Edge.of(
          List.of(DeskProto.getDescriptor()),
          grpc,
          EdgeOptions.DEFAULT.withHost("127.0.0.1").withEventLoops(1));
  private final Calls rest =
      Calls.open(
          CallsOptions.of(
                  "tester", StaticResolver.of("desk", Endpoint.of("127.0.0.1", edge.start(0))))
              .withTransport(
                  RestTransport.of(RestOptions.plaintext().withDisclosure(Disclosure.HOUSE))));

  private final class Desk implements DeskApi {
    @Override
    public Loan borrow(BorrowRequest request) {
      arrived.countDown();
      return switch (request.getBookId()) {
        case "lent" ->
            throw Failure.of(Code.FAILED_PRECONDITION, "the book is lent")
                .with(Failure.Details.NONE.withReason("BOOK_LENT"));
        case "rare" ->
            throw Failure.of(Code.RESOURCE_EXHAUSTED, "one at a time")
                .with(Failure.Details.NONE.withRetryAfter(Duration.ofSeconds(30)));
        case "known" -> throw Failure.of(Code.ALREADY_EXISTS, "you have it");
        case "broken" -> throw new IllegalStateException("secret");
        case "slow" -> waiting();
        case "trace" ->
            Loan.newBuilder()
                .setLoanId(Context.current().trace().map(TraceContext::traceId).orElse("none"))
                .build();
        default ->
            Loan.newBuilder()
                .setLoanId("7")
                .setBookId(request.getBookId())
                .setDayCount(request.getDayCount())
                .build();
      };
    }

    private Loan waiting() {
      Context.current().cancellation().onCancel(Thread.currentThread()::interrupt);
      try {
        new CountDownLatch(1).await();
        throw new AssertionError();
      } catch (InterruptedException e) {
        stopped.countDown();
        throw Failure.of(Code.CANCELLED, "nobody waits", e);
      }
    }

    @Override
    public void watchLoan(WatchLoanRequest request, Sink<Loan> out) {
      try {
        for (int i = 0; !request.getLoanId().equals("3") || i < 3; i++) {
          out.send(Loan.newBuilder().setLoanId(request.getLoanId()).setDayCount(i).build());
        }
      } finally {
        stopped.countDown();
      }
    }
  }

  @AfterEach
  void close() {
    rest.close();
    edge.close();
    grpc.close();
    server.close();
  }

  private DeskClient client(Way way) {
    return (way == Way.GRPC ? grpc : rest).client(DeskClient.FACTORY);
  }

  private static BorrowRequest book(String id) {
    return BorrowRequest.newBuilder().setBookId(id).setDayCount(14).build();
  }

  private Failure failureOf(Way way, BorrowRequest request) {
    DeskClient client = client(way);
    return assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> client.borrow(request))
        .actual();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void answerComesBack(Way way) {
    assertThat(client(way).borrow(book("Emma & Söhne")))
        .isEqualTo(
            Loan.newBuilder().setLoanId("7").setBookId("Emma & Söhne").setDayCount(14).build());
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void failureKeepsCodeMessageAndReason(Way way) {
    Failure failure = failureOf(way, book("lent"));
    assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION);
    assertThat(failure.message()).startsWith("the book is lent");
    assertThat(failure.details().reason()).isEqualTo("BOOK_LENT");
    assertThat(failureOf(way, book("known")).code()).isEqualTo(Code.ALREADY_EXISTS);
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void timeToComeBackComesBack(Way way) {
    Failure failure = failureOf(way, book("rare"));
    assertThat(failure.code()).isEqualTo(Code.RESOURCE_EXHAUSTED);
    assertThat(failure.details().retryAfter()).contains(Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void everyWrongFieldIsNamedAsInTheContract(Way way) {
    Failure failure = failureOf(way, BorrowRequest.newBuilder().setDayCount(-1).build());
    assertThat(failure.code()).isEqualTo(Code.INVALID_ARGUMENT);
    assertThat(failure.details().violations())
        .extracting(Violation::field)
        .containsExactlyInAnyOrder("book_id", "day_count");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void defectTellsNothingOfItself(Way way) {
    Failure failure = failureOf(way, book("broken"));
    assertThat(failure.code()).isEqualTo(Code.INTERNAL);
    assertThat(failure.message()).doesNotContain("secret");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void deadlineStopsTheWork(Way way) throws Exception {
    // With connections that stand, so that the time is spent at work.
    client(way).borrow(book("Emma"));
    Context.root()
        .withDeadline(Deadline.after(Duration.ofSeconds(1), Clock.SYSTEM))
        .run(() ->
            assertThat(failureOf(way, book("slow")).code()).isEqualTo(Code.DEADLINE_EXCEEDED));
    stopped.await();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void cancellationStopsTheWork(Way way) throws Exception {
    Cancellation cancellation = Cancellation.create();
    DeskClient client = client(way);
    try (var background = new Background("test")) {
      background.start(
          "cancel",
          () -> {
            try {
              arrived.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            cancellation.cancel(Failure.of(Code.CANCELLED, "the reader has gone"));
          });
      Context.root()
          .withCancellation(cancellation)
          .run(() ->
              assertThatExceptionOfType(Failure.class)
                  .isThrownBy(() -> client.borrow(book("slow")))
                  .withMessageContaining("the reader has gone"));
    }
    stopped.await();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void traceGoesOn(Way way) {
    TraceContext trace = TraceContext.begin(RandomGenerator.getDefault());
    DeskClient client = client(way);
    Loan loan = Context.root().withTrace(trace).call(() -> client.borrow(book("trace")));
    assertThat(loan.getLoanId()).isEqualTo(trace.traceId());
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void serviceThatIsDownIsUnavailable(Way way) {
    server.close();
    Failure failure = failureOf(way, book("Emma"));
    assertThat(failure.code()).isEqualTo(Code.UNAVAILABLE);
    assertThat(failure.details().retryAfter()).isPresent();
    assertThat(failure.details().settled()).as("nobody above tries again").isTrue();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void streamComesInOrderAndItsReaderCanLeave(Way way) throws Exception {
    DeskClient client = client(way);
    try (Source<Loan> loans =
        client.watchLoan(WatchLoanRequest.newBuilder().setLoanId("3").build())) {
      assertThat(loans).extracting(Loan::getDayCount).containsExactly(0, 1, 2);
    }
    try (Source<Loan> endless =
        client.watchLoan(WatchLoanRequest.newBuilder().setLoanId("8").build())) {
      assertThat(endless.next()).isPresent();
    }
    stopped.await();
  }
}
