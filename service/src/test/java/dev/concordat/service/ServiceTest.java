package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Background;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Exchange;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import dev.concordat.events.Dead;
import dev.concordat.service.reader.v1.ReadBook;
import dev.concordat.service.reader.v1.ReaderOwner;
import dev.concordat.service.shelf.v1.AddBookRequest;
import dev.concordat.service.shelf.v1.Book;
import dev.concordat.service.shelf.v1.BookAdded;
import dev.concordat.service.shelf.v1.ReadAloudRequest;
import dev.concordat.service.shelf.v1.ShelfApi;
import dev.concordat.service.shelf.v1.ShelfClient;
import dev.concordat.service.shelf.v1.ShelfOwner;
import dev.concordat.service.v1.Backlog;
import dev.concordat.service.v1.BacklogLine;
import dev.concordat.service.v1.CallRecord;
import dev.concordat.service.v1.DeadLetter;
import dev.concordat.service.v1.DeadLetterFilter;
import dev.concordat.service.v1.DeadLetterState;
import dev.concordat.service.v1.DeadLettersClient;
import dev.concordat.service.v1.GetBacklogRequest;
import dev.concordat.service.v1.ListCallsRequest;
import dev.concordat.service.v1.ListDeadLettersRequest;
import dev.concordat.service.v1.ListSubscriptionsRequest;
import dev.concordat.service.v1.ListTargetsRequest;
import dev.concordat.service.v1.OperationsClient;
import dev.concordat.service.v1.PauseSubscriptionRequest;
import dev.concordat.service.v1.ReadTopicRequest;
import dev.concordat.service.v1.RedriveOrder;
import dev.concordat.service.v1.RedriveProgress;
import dev.concordat.service.v1.ResumeSubscriptionRequest;
import dev.concordat.service.v1.ShowDeadLetterRequest;
import dev.concordat.service.v1.ShownDeadLetter;
import dev.concordat.service.v1.Subscription;
import dev.concordat.service.v1.SubscriptionsClient;
import dev.concordat.service.v1.TargetInstance;
import dev.concordat.service.v1.TopicMessage;
import dev.concordat.service.v1.TopicRead;
import dev.concordat.service.v1.TopicsClient;
import java.net.ServerSocket;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two services with databases of their own, over real sockets: one keeps books, one reads them.
class ServiceTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final String shared = TestDatabases.create("shared");
  private final BlockingQueue<String> read = new LinkedBlockingQueue<>();
  private final AtomicBoolean blind = new AtomicBoolean();
  private final CountDownLatch listening = new CountDownLatch(1);
  private final CountDownLatch enough = new CountDownLatch(1);

  private Service<ShelfOwner> shelf;
  private Service<ReaderOwner> reader;
  private Visitor visitor;
  private ShelfClient client;

  @BeforeEach
  void start() {
    shelf = Concordat.service(ShelfOwner.OWNER, TestDatabases.environment("shelf", shared));
    shelf.migrate(ServiceTest.class, "shelf.sql");
    shelf.implement(ShelfApi.CONTRACT, new Shelf());
    shelf.start();
    reader = Concordat.service(ReaderOwner.OWNER, TestDatabases.environment("reader", shared));
    reader.subscribe(BookAdded.class, "pile", (event, tx) -> tx.enqueue(task(event)));
    reader.work(ReadBook.class, (task, lease) -> readBook(task));
    reader.start();
    visitor = Concordat.visitor("cli", TestDatabases.environment("cli", shared));
    client = visitor.calls().client(ShelfClient.FACTORY);
  }

  @AfterEach
  void stop() {
    enough.countDown();
    visitor.close();
    reader.close();
    shelf.close();
  }

  @Test
  void factReachesTheOtherServiceAndBecomesATask() throws InterruptedException {
    Book book = add("Emma", "key-1");
    assertThat(next()).isEqualTo(book.getBookId());
  }

  @Test
  void sameKeyGetsTheSameAnswer() throws SQLException {
    Book first = add("Emma", "key-1");
    assertThat(add("Emma", "key-1")).isEqualTo(first);
    assertThat(books()).isEqualTo(1);
    assertThatThrownBy(() -> add("Persuasion", "key-1"))
        .isInstanceOfSatisfying(
            Failure.class,
            e -> assertThat(e.details().reason()).isEqualTo("IDEMPOTENCY_KEY_REUSED"));
  }

  @Test
  void deadLetterIsListedShownWithoutSecretsAndRedriven() throws InterruptedException {
    blind.set(true);
    Book book = add("Emma", "key-1");
    DeadLettersClient letters = new DeadLettersClient(visitor.calls().caller("reader"));
    DeadLetter letter = awaitDeadLetter(letters);
    assertThat(letter.getReason()).contains("no light");
    ShownDeadLetter shown =
        letters.showDeadLetter(
            ShowDeadLetterRequest.newBuilder().setDeadLetterId(letter.getDeadLetterId()).build());
    assertThat(shown.getMessageJson()).contains(book.getBookId());
    assertThat(shown.getTraceId()).hasSize(32);
    assertThat(shown.getStack()).contains("ServiceTest.readBook");
    assertThat(shown.getTries(0).getInstance()).isNotEmpty();
    assertThat(shown.getEnvelopeMap()).containsKeys("id", "source", "time", "traceparent");
    blind.set(false);
    assertThat(redrive(letters, RedriveOrder.newBuilder().setDryRun(true).build()))
        .last()
        .satisfies(plan -> {
          assertThat(plan.getPlan(0).getName()).isEqualTo("reader.v1.ReadBook");
          assertThat(plan.getFirstIdsList()).containsExactly(letter.getDeadLetterId());
          assertThat(plan.getFinished()).isTrue();
          assertThat(plan.getDone()).isZero();
        });
    assertThat(redrive(letters, RedriveOrder.newBuilder().setRedrivenBy("ann").build()))
        .last()
        .satisfies(end -> assertThat(end.getDone()).isEqualTo(1));
    assertThat(next()).isEqualTo(book.getBookId());
    assertThat(redrive(letters, RedriveOrder.getDefaultInstance()))
        .last()
        .satisfies(end -> assertThat(end.getTotal()).isZero());
    var record = DeadLetterFilter.newBuilder().setState(DeadLetterState.REDRIVEN).build();
    assertThat(list(letters, record))
        .singleElement()
        .satisfies(one -> assertThat(one.getEndedBy()).isEqualTo("ann"));
  }

  @Test
  void subscriptionIsShownPausedAndResumed() throws InterruptedException {
    assertThat(read(add("Emma", "key-1"))).isTrue();
    SubscriptionsClient subscriptions = new SubscriptionsClient(visitor.calls().caller("reader"));
    subscriptions.pauseSubscription(
        PauseSubscriptionRequest.newBuilder()
            .setName("pile")
            .setPausedBy("ann")
            .setReason("no room")
            .build());
    try (var source =
        subscriptions.listSubscriptions(
            ListSubscriptionsRequest.newBuilder().setName("pile").build())) {
      Subscription pile = source.next().orElseThrow();
      assertThat(pile.getTopic()).isEqualTo("shelf.v1.BookAdded");
      assertThat(pile.getInCode()).isTrue();
      assertThat(pile.getPauses(0).getPausedBy()).isEqualTo("ann");
      assertThat(pile.getPauses(0).getReason()).isEqualTo("no room");
      assertThat(pile.getPartitionsCount()).isEqualTo(8);
    }
    subscriptions.resumeSubscription(
        ResumeSubscriptionRequest.newBuilder().setName("pile").build());
    assertThat(read(add("Persuasion", "key-2"))).isTrue();
    Backlog backlog =
        new OperationsClient(visitor.calls().caller("reader"))
            .getBacklog(GetBacklogRequest.getDefaultInstance());
    assertThat(backlog.getLinesList()).extracting(BacklogLine::getName).contains("pile");
  }

  @Test
  void topicIsReadDecodedAndWithoutSecrets() throws InterruptedException {
    Book first = add("Emma", "key-1");
    assertThat(read(first)).isTrue();
    Book second = add("Persuasion", "key-2");
    assertThat(read(second)).isTrue();
    for (String service : List.of("shelf", "reader")) {
      TopicsClient topics = new TopicsClient(visitor.calls().caller(service));
      ReadTopicRequest all = ReadTopicRequest.newBuilder().setTopic("BookAdded").build();
      assertThat(tail(topics, all))
          .extracting(TopicMessage::getKey)
          .containsExactly(first.getBookId(), second.getBookId());
      assertThat(tail(topics, all.toBuilder().setLast(1).build()))
          .singleElement()
          .satisfies(one -> {
            assertThat(one.getMessageJson()).contains("Persuasion").doesNotContain("a friend");
            assertThat(one.getEnvelopeMap()).containsEntry("source", "shelf");
          });
      assertThat(tail(topics, all.toBuilder().setKey(first.getBookId()).build())).hasSize(1);
      assertThatThrownBy(() -> tail(topics, all.toBuilder().setTopic("BookSold").build()))
          .hasMessageContaining(service + " knows no topic BookSold; it knows")
          .hasMessageContaining("shelf.v1.BookAdded");
      assertThatThrownBy(
              () -> tail(topics, all.toBuilder().setPartition(0).setPosition(77).build()))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.code()).isEqualTo(Code.OUT_OF_RANGE));
    }
  }

  @Test
  void callsThatWereMadeAreToldWithTheReason() throws InterruptedException {
    Book book = add("Emma", "key-1");
    assertThat(next()).isEqualTo(book.getBookId());
    enough.countDown();
    shelf
        .client(ShelfClient.FACTORY)
        .readAloud(ReadAloudRequest.newBuilder().setBookId(book.getBookId()).build());
    OperationsClient operations = new OperationsClient(visitor.calls().caller("shelf"));
    try (Source<CallRecord> calls =
        operations.listCalls(ListCallsRequest.newBuilder().setMethod("readaloud").build())) {
      CallRecord call = calls.next().orElseThrow();
      assertThat(call.getOutcome()).isEqualTo("OK");
      assertThat(call.getTarget()).isEqualTo("shelf");
      assertThat(call.getAttempts(0).getAddress()).isEqualTo("127.0.0.1:" + shelf.port());
      assertThat(calls.next()).isEmpty();
    }
    try (Source<TargetInstance> targets =
        operations.listTargets(ListTargetsRequest.getDefaultInstance())) {
      assertThat(targets)
          .extracting(TargetInstance::getAddress)
          .containsExactly("127.0.0.1:" + shelf.port());
    }
  }

  @Test
  void operationsAreOnlyForThoseWhoLookAfterTheService() {
    try (Visitor stranger =
        Concordat.visitor("stranger", TestDatabases.environment("stranger", shared))) {
      DeadLettersClient operations = new DeadLettersClient(stranger.calls().caller("reader"));
      assertThatThrownBy(() -> list(operations, DeadLetterFilter.getDefaultInstance()))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.code()).isEqualTo(Code.PERMISSION_DENIED));
    }
  }

  @Test
  void stoppingLetsCallsUnderWayEnd() throws InterruptedException {
    AtomicReference<Object> answer = new AtomicReference<>("none");
    try (Background background = new Background("listener")) {
      Thread listener =
          background.start(
              "listen",
              () ->
                  answer.set(
                      client.readAloud(ReadAloudRequest.newBuilder().setBookId("b").build())));
      assertThat(listening.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      Thread stopper = background.start("stop", () -> shelf.stop(PATIENCE));
      assertThatThrownBy(this::addUntilRefused)
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
      enough.countDown();
      assertThat(listener.join(PATIENCE)).isTrue();
      assertThat(stopper.join(PATIENCE)).isTrue();
    }
    assertThat(answer.get()).isEqualTo(Book.newBuilder().setBookId("b").build());
  }

  @Test
  void usedPortIsSaidAndNothingStaysOpen() throws Exception {
    try (ServerSocket taken = new ServerSocket(0)) {
      Environment environment =
          TestDatabases.environment("taken", shared).withListen("127.0.0.1", taken.getLocalPort());
      Service<ReaderOwner> second = Concordat.service(ReaderOwner.OWNER, environment);
      assertThatThrownBy(second::start).hasMessageContaining("Is the port in use?");
      assertThatThrownBy(() -> second.database().getConnection())
          .hasMessageContaining("has been closed");
    }
  }

  private void addUntilRefused() {
    Deadline deadline = Deadline.after(PATIENCE, Clock.SYSTEM);
    while (!deadline.expired()) {
      add("Emma", UUID.randomUUID().toString());
    }
  }

  private Book add(String title, String key) {
    return Context.current()
        .withIdempotencyKey(key)
        .call(() -> client.addBook(AddBookRequest.newBuilder().setTitle(title).build()));
  }

  private String next() throws InterruptedException {
    String book = read.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return book == null ? "nothing was read" : book;
  }

  private boolean read(Book book) throws InterruptedException {
    return next().equals(book.getBookId());
  }

  private static List<TopicMessage> tail(TopicsClient topics, ReadTopicRequest request) {
    try (Source<TopicRead> source = topics.readTopic(request)) {
      List<TopicMessage> messages = new ArrayList<>();
      source.forEach(one -> {
        if (one.hasMessage()) {
          messages.add(one.getMessage());
        }
      });
      return messages;
    }
  }

  private static List<RedriveProgress> redrive(DeadLettersClient letters, RedriveOrder order) {
    try (Exchange<RedriveOrder, RedriveProgress> exchange = letters.redriveDeadLetters()) {
      exchange.send(order);
      List<RedriveProgress> answers = new ArrayList<>();
      exchange.forEach(answers::add);
      return answers;
    }
  }

  private DeadLetter awaitDeadLetter(DeadLettersClient operations) throws InterruptedException {
    Deadline deadline = Deadline.after(PATIENCE, Clock.SYSTEM);
    while (!deadline.expired()) {
      List<DeadLetter> letters = list(operations, DeadLetterFilter.getDefaultInstance());
      if (!letters.isEmpty()) {
        return letters.getFirst();
      }
      Clock.SYSTEM.sleep(Duration.ofMillis(20));
    }
    throw new AssertionError("no dead letter after " + PATIENCE);
  }

  private static List<DeadLetter> list(DeadLettersClient operations, DeadLetterFilter filter) {
    try (Source<DeadLetter> source =
        operations.listDeadLetters(ListDeadLettersRequest.newBuilder().setFilter(filter).build())) {
      List<DeadLetter> letters = new ArrayList<>();
      source.forEach(letters::add);
      return letters;
    }
  }

  private long books() throws SQLException {
    try (var connection = shelf.database().getConnection();
        var sql = connection.createStatement();
        var rows = sql.executeQuery("select count(*) from book")) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private void readBook(ReadBook task) {
    if (blind.get()) {
      throw Dead.because("no light");
    }
    read.add(task.getBookId());
  }

  private static ReadBook task(BookAdded event) {
    return ReadBook.newBuilder().setBookId(event.getBookId()).build();
  }

  private final class Shelf implements ShelfApi {
    @Override
    public Book addBook(AddBookRequest request) {
      Book book =
          Book.newBuilder()
              .setBookId(UUID.randomUUID().toString())
              .setTitle(request.getTitle())
              .build();
      try (var tx = shelf.begin();
          var insert = tx.connection().prepareStatement("insert into book values (?, ?)")) {
        insert.setString(1, book.getBookId());
        insert.setString(2, book.getTitle());
        insert.executeUpdate();
        tx.publish(
            BookAdded.newBuilder()
                .setBookId(book.getBookId())
                .setTitle(book.getTitle())
                .setGiver("a friend")
                .build());
        return shelf.commit(tx, book);
      } catch (SQLException e) {
        throw Failure.of(Code.INTERNAL, "no room on the shelf", e);
      }
    }

    @Override
    public Book readAloud(ReadAloudRequest request) {
      listening.countDown();
      try {
        assertThat(enough.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw Failure.of(Code.CANCELLED, "interrupted", e);
      }
      return Book.newBuilder().setBookId(request.getBookId()).build();
    }
  }
}
