package dev.concordat.calls;

import dev.concordat.calls.wire.OngoingCall;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.calls.wire.Reach;
import dev.concordat.contract.Shape;
import dev.concordat.core.Background;
import dev.concordat.core.Bearer;
import dev.concordat.core.Code;
import dev.concordat.core.ContextCodec;
import dev.concordat.core.Failure;
import dev.concordat.core.TraceContext;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Lets callers that ask the same at the same time share one call, where the contract says so. The
/// same is: method, request, and everything that travels with it and may change the answer, which
/// is all but deadline, trace and attempt: the token above all. So nobody is told what only another
/// may know.
///
/// Each caller keeps its own deadline and cancellation. The shared call has the deadline of the one
/// who began it; when that passes, those who have more time ask again. It is cancelled when the
/// last one has left.
final class ClientCoalesce implements ClientStep {
  private final ClientStep next;
  private final ContextCodec codec;
  private final Background threads;
  private final Map<Question, SharedCall> underWay = new ConcurrentHashMap<>();

  ClientCoalesce(ClientStep next, CallsOptions options, Background threads) {
    this.next = next;
    this.codec = new ContextCodec(options.clock(), options.limits());
    this.threads = threads;
  }

  @Override
  public OngoingCall open(OutgoingCall call) {
    if (!call.method().policy().repeat().coalesced() || call.method().shape() != Shape.UNARY) {
      return next.open(call);
    }
    return new Sharing(call);
  }

  /// What two callers must have in common.
  private record Question(
      String method, Map<String, String> travels, Optional<Bearer> bearer, ByteBuffer request) {}

  private Question question(OutgoingCall call) {
    Map<String, String> travels = new HashMap<>();
    codec.write(call.context(), ContextCodec.carrier(travels));
    travels.remove(ContextCodec.TRACEPARENT);
    travels.remove(ContextCodec.TRACESTATE);
    travels.remove(ContextCodec.ATTEMPT);
    travels.remove(ContextCodec.HEDGED);
    return new Question(
        call.method().fullName(),
        travels,
        call.context().bearer(),
        ByteBuffer.wrap(call.request()));
  }

  /// One caller's part in a shared call.
  private final class Sharing implements OngoingCall {
    private final OutgoingCall call;
    private final Question question;
    private SharedCall shared;
    private boolean began;
    private boolean answered;
    private boolean left;

    Sharing(OutgoingCall call) {
      this.call = call;
      this.question = question(call);
      this.shared = join();
    }

    private SharedCall join() {
      while (true) {
        SharedCall mine = new SharedCall(call);
        SharedCall there = underWay.putIfAbsent(question, mine);
        if (there == null) {
          began = true;
          mine.begin(next, threads, () -> underWay.remove(question, mine));
          return mine;
        }
        if (there.join()) {
          call.trail().coalesced(there.trail());
          call.context().observation().event("concordat.coalesced", traceOf(there));
          return there;
        }
        // It has just been given up by its last caller.
        underWay.remove(question, there);
      }
    }

    private static Map<String, String> traceOf(SharedCall there) {
      return there
          .context()
          .trace()
          .map(TraceContext::traceId)
          .map(id -> Map.of("trace", id))
          .orElse(Map.of());
    }

    @Override
    public Optional<byte[]> next() {
      if (answered) {
        return Optional.empty();
      }
      while (true) {
        try {
          Optional<byte[]> message = shared.await(call.context());
          answered = true;
          return message;
        } catch (Failure failure) {
          if (began || failure.code() != Code.DEADLINE_EXCEEDED || call.deadline().expired()) {
            throw failure;
          }
          shared.leave();
          shared = join();
        }
      }
    }

    @Override
    public void begun() {}

    @Override
    public void send(byte[] message) {
      throw new IllegalStateException("only methods that take one message are shared");
    }

    @Override
    public void finish() {}

    @Override
    public Reach reach() {
      return Reach.HANDLER;
    }

    @Override
    public boolean replayed() {
      return false;
    }

    @Override
    public void close() {
      if (!left) {
        left = true;
        shared.leave();
      }
    }
  }
}
