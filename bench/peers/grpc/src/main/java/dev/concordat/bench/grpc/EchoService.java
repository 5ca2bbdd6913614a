package dev.concordat.bench.grpc;

import com.google.protobuf.Int64Value;
import com.google.protobuf.StringValue;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicLong;

/// Answers with what it is asked. The stream is sent as in grpc-java's example of manual flow
/// control: as long as the transport is ready, and again when it is ready again.
public final class EchoService implements EchoGrpc.Service {
  private final String text;
  private final AtomicLong sent = new AtomicLong();

  /// @param text what its stream repeats
  public EchoService(String text) {
    this.text = text;
  }

  /// How many messages its streams have sent.
  public long sent() {
    return sent.get();
  }

  @Override
  public void echo(StringValue request, StreamObserver<StringValue> answer) {
    answer.onNext(StringValue.of(request.getValue()));
    answer.onCompleted();
  }

  @Override
  public void repeat(Int64Value request, ServerCallStreamObserver<StringValue> answers) {
    answers.setOnReadyHandler(
        new Runnable() {
          private long left = request.getValue();

          @Override
          public void run() {
            while (left > 0 && answers.isReady()) {
              answers.onNext(StringValue.of(text));
              sent.incrementAndGet();
              left--;
              if (left == 0) {
                answers.onCompleted();
              }
            }
          }
        });
  }
}
