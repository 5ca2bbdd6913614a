package dev.concordat.service;

import dev.concordat.contract.QueueBounds;
import dev.concordat.core.Clock;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.events.Events;
import dev.concordat.events.deadletters.DeadLetterFilter;
import dev.concordat.events.schedules.ScheduleView;
import dev.concordat.events.tasks.QueueLength;
import dev.concordat.events.tasks.TaskFilter;
import dev.concordat.events.tasks.TaskProgress;
import dev.concordat.events.tasks.TaskRef;
import dev.concordat.events.tasks.TaskStatus;
import dev.concordat.events.tasks.TaskView;
import dev.concordat.service.v1.CancelTaskRequest;
import dev.concordat.service.v1.CancelTaskResponse;
import dev.concordat.service.v1.ListQueuesRequest;
import dev.concordat.service.v1.ListSchedulesRequest;
import dev.concordat.service.v1.ListTasksRequest;
import dev.concordat.service.v1.PauseScheduleRequest;
import dev.concordat.service.v1.PauseScheduleResponse;
import dev.concordat.service.v1.QueueLine;
import dev.concordat.service.v1.ResumeScheduleRequest;
import dev.concordat.service.v1.ResumeScheduleResponse;
import dev.concordat.service.v1.RetryTaskRequest;
import dev.concordat.service.v1.RetryTaskResponse;
import dev.concordat.service.v1.RunScheduleRequest;
import dev.concordat.service.v1.RunScheduleResponse;
import dev.concordat.service.v1.ScheduleLine;
import dev.concordat.service.v1.ShowTaskRequest;
import dev.concordat.service.v1.ShownTask;
import dev.concordat.service.v1.TaskDeskApi;
import dev.concordat.service.v1.TaskLine;
import dev.concordat.service.v1.TaskProgressLine;
import dev.concordat.service.v1.TaskState;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/// Says what the service has to do, and lets people act on it.
final class TasksDesk implements TaskDeskApi {
  private static final int MOST = 100;
  private static final int COUNTED = 1_000;

  private final Events<?> events;
  private final KnownMessages messages;
  private final Clock clock;

  TasksDesk(Events<?> events, KnownMessages messages, Clock clock) {
    this.events = events;
    this.messages = messages;
    this.clock = clock;
  }

  @Override
  public void listQueues(ListQueuesRequest request, Sink<QueueLine> out) {
    events.queues().stream().map(this::queue).forEach(out::send);
  }

  @Override
  public void listTasks(ListTasksRequest request, Sink<TaskLine> out) {
    var filter =
        new TaskFilter(
            request.getQueue(),
            request.getKey(),
            state(request.getState()),
            request.getLimit() == 0 ? MOST : request.getLimit());
    events.tasks().list(filter).stream().map(TasksDesk::line).forEach(out::send);
  }

  @Override
  public ShownTask showTask(ShowTaskRequest request) {
    TaskRef task = find(request.getTaskId());
    Optional<TaskView> view = events.tasks().show(task.id());
    if (view.isPresent()) {
      return ShownTask.newBuilder()
          .setLine(line(view.get()))
          .setMessageJson(messages.json(task.queue(), view.get().payload()))
          .build();
    }
    TaskLine.Builder line = line(task);
    stand(line, events.tasks().status(task));
    return ShownTask.newBuilder().setLine(line).build();
  }

  @Override
  public CancelTaskResponse cancelTask(CancelTaskRequest request) {
    boolean cancelled = events.tasks().cancel(find(request.getTaskId()), request.getBecause());
    return CancelTaskResponse.newBuilder().setCancelled(cancelled).build();
  }

  @Override
  public RetryTaskResponse retryTask(RetryTaskRequest request) {
    boolean retried = events.tasks().retry(find(request.getTaskId()));
    return RetryTaskResponse.newBuilder().setRetried(retried).build();
  }

  @Override
  public void listSchedules(ListSchedulesRequest request, Sink<ScheduleLine> out) {
    events.schedules().list().stream().map(this::schedule).forEach(out::send);
  }

  @Override
  public RunScheduleResponse runSchedule(RunScheduleRequest request) {
    TaskRef task =
        events
            .schedules()
            .run(request.getName())
            .orElseThrow(
                () -> Failure.notFound("the code has no schedule \"" + request.getName() + "\""));
    return RunScheduleResponse.newBuilder()
        .setQueue(task.queue())
        .setTaskId(task.id().toString())
        .build();
  }

  private TaskRef find(String id) {
    return events
        .tasks()
        .find(UUID.fromString(id))
        .orElseThrow(() -> Failure.notFound("nothing is known of a task " + id));
  }

  private QueueLine queue(QueueLength length) {
    var line =
        QueueLine.newBuilder()
            .setName(length.queue())
            .setWaiting(length.waiting())
            .setRunning(length.leased())
            .setLater(length.later())
            .setDeadLetters(
                events
                    .deadLetters()
                    .list(DeadLetterFilter.OPEN.withName(length.queue()), 0, COUNTED)
                    .size());
    if (length.oldest().isPositive()) {
      line.setOldestWaiting(Protos.timestamp(clock.now().minus(length.oldest())));
    }
    messages.bounds(length.queue()).ifPresent(bounds -> bound(line, bounds));
    return line.build();
  }

  private static void bound(QueueLine.Builder line, QueueBounds bounds) {
    bounds.concurrency().ifPresent(line::setConcurrency);
    bounds
        .rate()
        .ifPresent(rate -> line.setRateCount(rate.count()).setRatePer(Protos.duration(rate.per())));
  }

  private static TaskLine line(TaskView view) {
    TaskLine.Builder line =
        line(view.task())
            .setKey(view.key().orElse(""))
            .setAskedAt(Protos.timestamp(view.askedAt()))
            .setLastError(view.lastError());
    stand(line, view.status());
    return line.setState(
            view.state().equals("leased")
                ? TaskState.TASK_STATE_RUNNING
                : TaskState.valueOf("TASK_STATE_" + view.state().toUpperCase(Locale.ROOT)))
        .build();
  }

  private static TaskLine.Builder line(TaskRef task) {
    return TaskLine.newBuilder().setQueue(task.queue()).setTaskId(task.id().toString());
  }

  private static void stand(TaskLine.Builder line, TaskStatus status) {
    switch (status) {
      case TaskStatus.Waiting waiting ->
          line.setDueAt(Protos.timestamp(waiting.due())).setAttempt(waiting.attempts());
      case TaskStatus.Running running -> {
        line.setAttempt(running.attempt());
        running.progress().map(TasksDesk::progress).ifPresent(line::setProgress);
      }
      case TaskStatus.Done done ->
          line.setState(TaskState.TASK_STATE_DONE).setEndedAt(Protos.timestamp(done.at()));
      case TaskStatus.GivenUp given ->
          line.setState(TaskState.TASK_STATE_GIVEN_UP)
              .setDeadLetterId(given.deadLetter())
              .setBecause(given.reason())
              .setEndedAt(Protos.timestamp(given.at()));
      case TaskStatus.Cancelled cancelled ->
          line.setState(TaskState.TASK_STATE_CANCELLED)
              .setBecause(cancelled.reason())
              .setEndedAt(Protos.timestamp(cancelled.at()));
      case TaskStatus.Unknown _ -> {}
    }
  }

  private static TaskProgressLine progress(TaskProgress said) {
    return TaskProgressLine.newBuilder()
        .setDone(said.done())
        .setTotal(said.total())
        .setNote(said.note())
        .build();
  }

  @Override
  public PauseScheduleResponse pauseSchedule(PauseScheduleRequest request) {
    boolean changed =
        events
            .schedules()
            .pause(requireSchedule(request.getName()), request.getPausedBy(), request.getReason());
    return PauseScheduleResponse.newBuilder().setChanged(changed).build();
  }

  @Override
  public ResumeScheduleResponse resumeSchedule(ResumeScheduleRequest request) {
    boolean changed = events.schedules().resume(requireSchedule(request.getName()));
    return ResumeScheduleResponse.newBuilder().setChanged(changed).build();
  }

  private String requireSchedule(String name) {
    if (events.schedules().list().stream().noneMatch(view -> view.name().equals(name))) {
      throw Failure.notFound("the service has no schedule \"" + name + "\"");
    }
    return name;
  }

  private static String state(TaskState state) {
    return switch (state) {
      case TASK_STATE_READY -> "ready";
      case TASK_STATE_LATER -> "later";
      case TASK_STATE_BEHIND -> "behind";
      case TASK_STATE_RUNNING -> "leased";
      case TASK_STATE_CANCELLED -> "cancelled";
      case TASK_STATE_DONE, TASK_STATE_GIVEN_UP, TASK_STATE_UNSPECIFIED, UNRECOGNIZED -> "";
    };
  }

  private ScheduleLine schedule(ScheduleView view) {
    var line =
        ScheduleLine.newBuilder()
            .setName(view.name())
            .setQueue(view.queue())
            .setCron(view.cron())
            .setZone(view.zone())
            .setNextAt(Protos.timestamp(view.next()))
            .setInCode(events.schedules().defines(view.name()));
    view.last().map(Protos::timestamp).ifPresent(line::setLastAt);
    view.lastTask().map(UUID::toString).ifPresent(line::setLastTaskId);
    view.pause()
        .ifPresent(pause ->
            line.setPausedAt(Protos.timestamp(pause.since()))
                .setPausedBy(pause.by())
                .setPausedBecause(pause.reason()));
    return line.build();
  }
}
