package dev.concordat.calls;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Message;
import dev.concordat.calls.retry.RetryDecision;
import dev.concordat.contract.Safety;
import dev.concordat.contract.Shape;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Limits;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Executes the operation that an idempotency key names at most once, and answers again what was
/// answered.
///
/// The key ends here: the handler's context has none (see [ServerHandler]), since the handler's own
/// calls are other operations.
///
/// Failures that may pass leave no trace, so that the same key can be tried again; the others are
/// answers and are kept.
final class ServerReplay implements ServerStep {
  private static final Duration POLL = Duration.ofMillis(50);

  /// How much longer than the caller's deadline a claim is held: a handler that was cancelled at
  /// the deadline may need a moment to stop.
  private static final Duration OVERTIME = Duration.ofSeconds(1);

  private final ServerStep next;
  private final Optional<IdempotencyStore> store;
  private final Limits limits;
  private final Clock clock;
  private final Map<IdempotencyStore.Operation, CountDownLatch> here = new ConcurrentHashMap<>();

  ServerReplay(ServerStep next, Optional<IdempotencyStore> store, Limits limits, Clock clock) {
    this.next = next;
    this.store = store;
    this.limits = limits;
    this.clock = clock;
  }

  @Override
  public void serve(ArrivedCall call) {
    if (call.method().shape() != Shape.UNARY || call.method().policy().safety() == Safety.SAFE) {
      next.serve(call);
      return;
    }
    if (call.key().isEmpty()) {
      if (call.method().policy().keyRequired()) {
        throw refused(
            Code.INVALID_ARGUMENT,
            "IDEMPOTENCY_KEY_MISSING",
            call.method() + " needs an idempotency key: send one, and the same one when retrying");
      }
      next.serve(call);
      return;
    }
    ClientKey.check(call.key().orElseThrow(), limits.keyLength());
    if (store.isPresent()) {
      once(call, store.orElseThrow());
    } else if (call.method().policy().safety() == Safety.IDEMPOTENT) {
      next.serve(call);
    } else {
      // Executing it would break the promise that the key stands for.
      throw refused(
          Code.FAILED_PRECONDITION,
          "IDEMPOTENCY_UNSUPPORTED",
          "this service remembers no idempotency keys: call " + call.method() + " without one");
    }
  }

  /// Keys of two people who both call through the edge are two keys.
  private static String asker(Context context) {
    String caller = context.caller().orElse("");
    return context.subject().map(subject -> caller + "/" + subject.id()).orElse(caller);
  }

  private void once(ArrivedCall call, IdempotencyStore memory) {
    Context context = call.context();
    var operation =
        new IdempotencyStore.Operation(
            call.method().fullName(),
            asker(context),
            call.key().orElseThrow(),
            fingerprint(call.request().orElseThrow()));
    Deadline deadline = context.deadline().orElseThrow();
    while (true) {
      awaitHere(operation, context, deadline);
      switch (memory.claim(operation, deadline.remaining().plus(OVERTIME))) {
        case IdempotencyStore.Claim.Execute claim -> {
          execute(call, memory, claim);
          return;
        }
        case IdempotencyStore.Claim.Replay(IdempotencyStore.Outcome outcome) -> {
          replay(call, outcome);
          return;
        }
        case IdempotencyStore.Claim.InFlight _ -> pause(context, deadline);
        case IdempotencyStore.Claim.Mismatch _ ->
            throw refused(
                Code.INVALID_ARGUMENT,
                "IDEMPOTENCY_KEY_REUSED",
                "this idempotency key was used for another request: use a new key");
      }
    }
  }

  private void execute(
      ArrivedCall call, IdempotencyStore memory, IdempotencyStore.Claim.Execute claim) {
    CountDownLatch done = new CountDownLatch(1);
    here.put(claim.operation(), done);
    Message answer;
    try {
      answer = answer(call, memory, claim);
      memory.keep(claim, new IdempotencyStore.Outcome.Answered(answer.toByteArray()));
    } finally {
      here.remove(claim.operation(), done);
      done.countDown();
    }
    call.reply().send(answer);
  }

  private Message answer(
      ArrivedCall call, IdempotencyStore memory, IdempotencyStore.Claim.Execute claim) {
    Held held = new Held(call.reply());
    try {
      ScopedValue.where(IdempotentCall.CURRENT, new IdempotentCall(memory, claim))
          .run(() -> next.serve(call.with(held)));
      return held.answer();
    } catch (Failure failure) {
      settle(memory, claim, failure);
      throw failure;
    } catch (RuntimeException | Error e) {
      memory.release(claim);
      throw e;
    }
  }

  /// When even this fails, the claim ends with its lease; the first failure says more.
  private static void settle(
      IdempotencyStore memory, IdempotencyStore.Claim.Execute claim, Failure failure) {
    try {
      if (mayPass(failure.code())) {
        memory.release(claim);
      } else {
        memory.keep(claim, new IdempotencyStore.Outcome.Failed(failure));
      }
    } catch (Failure unreachable) {
      failure.addSuppressed(unreachable);
    }
  }

  private static void replay(ArrivedCall call, IdempotencyStore.Outcome outcome) {
    call.context().observation().set("concordat.replayed", "true");
    switch (outcome) {
      case IdempotencyStore.Outcome.Answered answered -> call.reply().replay(answered.message());
      case IdempotencyStore.Outcome.Failed(Failure failure) -> throw failure;
    }
  }

  private static boolean mayPass(Code code) {
    return switch (code) {
      case UNAVAILABLE,
          ABORTED,
          DEADLINE_EXCEEDED,
          CANCELLED,
          INTERNAL,
          UNKNOWN,
          RESOURCE_EXHAUSTED ->
          true;
      case INVALID_ARGUMENT,
          NOT_FOUND,
          ALREADY_EXISTS,
          PERMISSION_DENIED,
          FAILED_PRECONDITION,
          OUT_OF_RANGE,
          UNIMPLEMENTED,
          DATA_LOSS,
          UNAUTHENTICATED ->
          false;
    };
  }

  /// While this process executes the operation, its end is a signal and costs the database nothing.
  private void awaitHere(IdempotencyStore.Operation operation, Context context, Deadline deadline) {
    CountDownLatch done = here.get(operation);
    while (done != null) {
      try {
        if (done.await(POLL.toNanos(), TimeUnit.NANOSECONDS)) {
          return;
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Failure.of(Code.CANCELLED, "interrupted while the same operation was going on", e);
      }
      giveUpWhenOver(context, deadline);
    }
  }

  private void pause(Context context, Deadline deadline) {
    giveUpWhenOver(context, deadline);
    try {
      clock.sleep(POLL);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Failure.of(Code.CANCELLED, "interrupted while the same operation was going on", e);
    }
  }

  private static void giveUpWhenOver(Context context, Deadline deadline) {
    if (deadline.remaining().compareTo(POLL) <= 0 || context.cancellation().cancelled()) {
      throw Failure.of(
              Code.ABORTED,
              "another call with this idempotency key is going on; ask again with the same key")
          .with(
              Failure.Details.NONE
                  .withDecidedBy("idempotency")
                  .withReason("IDEMPOTENCY_KEY_IN_FLIGHT")
                  .withRetryAfter(RetryDecision.COME_BACK));
    }
  }

  private static Failure refused(Code code, String reason, String message) {
    return Failure.of(code, message)
        .with(Failure.Details.NONE.withDecidedBy("idempotency").withReason(reason));
  }

  /// The same request has the same fingerprint however its sender ordered fields and map entries.
  private static String fingerprint(Message request) {
    byte[] bytes = new byte[request.getSerializedSize()];
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    out.useDeterministicSerialization();
    try {
      request.writeTo(out);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256, and an array takes every byte", e);
    }
  }

  /// Holds the answer back until it is kept: told before that, a crash would let the same key
  /// execute again after its caller has heard the first answer.
  private static final class Held implements Reply {
    private final Reply reply;
    private @Nullable Message answer;

    Held(Reply reply) {
      this.reply = reply;
    }

    @Override
    public void handling() {
      reply.handling();
    }

    @Override
    public void send(Message message) {
      answer = message;
    }

    @Override
    public void replay(byte[] message) {
      throw new IllegalStateException("only this step replays");
    }

    Message answer() {
      if (answer == null) {
        throw new IllegalStateException("a method with one answer returned without it");
      }
      return answer;
    }
  }
}
