package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import dev.concordat.events.Retry;
import dev.concordat.events.schedules.Cron;
import dev.concordat.events.tasks.Delivery;
import dev.concordat.events.tasks.TaskRef;
import dev.concordat.service.shelf.v1.BindBook;
import dev.concordat.service.shelf.v1.ShelfOwner;
import dev.concordat.service.v1.CancelTaskRequest;
import dev.concordat.service.v1.ListQueuesRequest;
import dev.concordat.service.v1.ListSchedulesRequest;
import dev.concordat.service.v1.ListTasksRequest;
import dev.concordat.service.v1.PauseScheduleRequest;
import dev.concordat.service.v1.QueueLine;
import dev.concordat.service.v1.ResumeScheduleRequest;
import dev.concordat.service.v1.RetryTaskRequest;
import dev.concordat.service.v1.RunScheduleRequest;
import dev.concordat.service.v1.ScheduleLine;
import dev.concordat.service.v1.ShowTaskRequest;
import dev.concordat.service.v1.TaskDeskClient;
import dev.concordat.service.v1.TaskLine;
import dev.concordat.service.v1.TaskState;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The desk for tasks and schedules, over a real socket.
class TasksDeskTest {
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final String shared = TestDatabases.create("shared");
  private final Service<ShelfOwner> shelf =
      Concordat.service(ShelfOwner.OWNER, TestDatabases.environment("shelf", shared));
  private final Visitor visitor =
      Concordat.visitor("cli", TestDatabases.environment("cli", shared));
  private final TaskDeskClient desk = new TaskDeskClient(visitor.calls().caller("shelf"));

  @BeforeEach
  void open() {
    shelf.work(
        BindBook.class,
        (task, lease) -> {
          if (task.getBookId().equals("slow")) {
            lease.progress(1, 2, "sewn");
            goOn.await();
          } else if (task.getBookId().equals("torn")) {
            throw Retry.after(Duration.ofHours(1));
          }
        });
    shelf
        .events()
        .schedule(
            "spring",
            BindBook.class,
            Cron.of("0 0 1 3 *", ZoneOffset.UTC),
            () -> BindBook.newBuilder().setBookId("by-the-clock").build());
    shelf.start();
  }

  @AfterEach
  void close() {
    goOn.countDown();
    visitor.close();
    shelf.stop(Duration.ofSeconds(5));
  }

  @Test
  void aTaskThatRunsSaysHowFarItIsAndIsTakenBack() {
    TaskRef slow = ask("slow", Delivery.NOW);
    await("its progress", () -> tasks(TaskState.TASK_STATE_RUNNING), TaskLine::hasProgress);

    var shown = desk.showTask(show(slow));
    assertThat(shown.getLine().getProgress().getNote()).isEqualTo("sewn");
    assertThat(shown.getMessageJson()).contains("slow");
    QueueLine queue = queue();
    assertThat(queue.getRunning()).isEqualTo(1);
    assertThat(queue.getConcurrency()).isEqualTo(2);
    assertThat(queue.getRateCount()).isEqualTo(1_000);

    assertThat(cancel(slow)).isTrue();
    assertThat(cancel(slow)).isFalse();
    goOn.countDown();
    await(
        "its end",
        () -> List.of(desk.showTask(show(slow)).getLine()),
        line -> line.hasEndedAt() && line.getState() == TaskState.TASK_STATE_CANCELLED);
    assertThat(desk.showTask(show(slow)).getLine().getBecause()).isEqualTo("sold");
  }

  @Test
  void oneThatWaitsForItsTimeIsTriedNow() {
    TaskRef torn = ask("torn", Delivery.NOW);
    await("its first try", () -> tasks(TaskState.TASK_STATE_LATER), line -> line.getAttempt() == 1);
    assertThat(queue().getLater()).isEqualTo(1);
    var retry = RetryTaskRequest.newBuilder().setTaskId(torn.id().toString()).build();

    assertThat(desk.retryTask(retry).getRetried()).isTrue();

    await(
        "its second try", () -> tasks(TaskState.TASK_STATE_LATER), line -> line.getAttempt() == 2);
    TaskRef delayed = ask("soon", Delivery.after(Duration.ofHours(1)));
    retry = RetryTaskRequest.newBuilder().setTaskId(delayed.id().toString()).build();
    assertThat(desk.retryTask(retry).getRetried()).isTrue();
    await("it is done", () -> List.of(tasks(TaskState.TASK_STATE_LATER).size()), left -> left == 1);
  }

  @Test
  void anUnknownTaskIsNotFound() {
    TaskRef unknown = new TaskRef("shelf.v1.BindBook", UUID.randomUUID());
    assertThatThrownBy(() -> desk.showTask(show(unknown)))
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void aScheduleIsRunNowAndKeepsItsTimes() {
    await("it is known", this::schedules, line -> line.getInCode() && !line.hasLastAt());
    ScheduleLine before = schedules().getFirst();

    var asked = desk.runSchedule(RunScheduleRequest.newBuilder().setName("spring").build());

    ScheduleLine after = schedules().getFirst();
    assertThat(after.getNextAt()).isEqualTo(before.getNextAt());
    assertThat(after.getLastTaskId()).isEqualTo(asked.getTaskId());
    assertThatThrownBy(
            () -> desk.runSchedule(RunScheduleRequest.newBuilder().setName("autumn").build()))
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }

  @Test
  void aScheduleIsPausedAndGoesOn() {
    await("it is known", this::schedules, ScheduleLine::getInCode);
    var pause = PauseScheduleRequest.newBuilder().setName("spring").setPausedBy("ada");
    assertThat(desk.pauseSchedule(pause.setReason("rain").build()).getChanged()).isTrue();
    assertThat(desk.pauseSchedule(pause.build()).getChanged()).isFalse();
    assertThat(schedules().getFirst().getPausedBy()).isEqualTo("ada");
    assertThat(schedules().getFirst().getPausedBecause()).isEqualTo("rain");

    var resume = ResumeScheduleRequest.newBuilder().setName("spring").build();
    assertThat(desk.resumeSchedule(resume).getChanged()).isTrue();
    assertThat(schedules().getFirst().hasPausedAt()).isFalse();
    assertThatThrownBy(() -> desk.pauseSchedule(pause.setName("autumn").build()))
        .isInstanceOfSatisfying(Failure.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_FOUND));
  }

  private TaskRef ask(String book, Delivery delivery) {
    try (var tx = shelf.begin()) {
      TaskRef task = tx.enqueue(BindBook.newBuilder().setBookId(book).build(), delivery);
      tx.commit();
      return task;
    }
  }

  private boolean cancel(TaskRef task) {
    return desk.cancelTask(
            CancelTaskRequest.newBuilder()
                .setTaskId(task.id().toString())
                .setBecause("sold")
                .build())
        .getCancelled();
  }

  private static ShowTaskRequest show(TaskRef task) {
    return ShowTaskRequest.newBuilder().setTaskId(task.id().toString()).build();
  }

  private List<TaskLine> tasks(TaskState state) {
    return all(desk.listTasks(ListTasksRequest.newBuilder().setState(state).build()));
  }

  private QueueLine queue() {
    return all(desk.listQueues(ListQueuesRequest.getDefaultInstance())).getFirst();
  }

  private List<ScheduleLine> schedules() {
    return all(desk.listSchedules(ListSchedulesRequest.getDefaultInstance()));
  }

  private static <T> List<T> all(Source<T> source) {
    try (source) {
      List<T> all = new ArrayList<>();
      source.forEach(all::add);
      return all;
    }
  }

  private static <T> void await(String what, Supplier<List<T>> look, Predicate<T> wanted) {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (look.get().stream().noneMatch(wanted)) {
      if (System.nanoTime() > end) {
        throw new AssertionError("never: " + what + "; there is " + look.get());
      }
    }
  }
}
