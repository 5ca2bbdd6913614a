package dev.concordat.bench.calls;

import dev.concordat.bench.load.Asking;
import dev.concordat.bench.load.Contender;
import dev.concordat.bench.load.Serving;
import dev.concordat.bench.v1.EchoApi;
import dev.concordat.bench.v1.EchoClient;
import dev.concordat.bench.v1.EchoRequest;
import dev.concordat.bench.v1.EchoResponse;
import dev.concordat.bench.v1.RepeatRequest;
import dev.concordat.calls.CallServer;
import dev.concordat.calls.Calls;
import dev.concordat.calls.CallsOptions;
import dev.concordat.calls.ServerOptions;
import dev.concordat.calls.discovery.Endpoint;
import dev.concordat.calls.discovery.StaticResolver;
import dev.concordat.core.Observer;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import java.util.concurrent.atomic.AtomicLong;

/// The whole chain with its defaults, a generated client and a generated server: deadline, retry
/// and its budget, trace ids, choice of the instance; deadline, permission, admission, validation
/// by a rule. Nobody observes.
public final class Concordat implements Contender {
  private static final String OWNER = "echo";
  private static final String CALLER = "bench";

  @Override
  public String name() {
    return "concordat";
  }

  @Override
  public Serving serve() {
    return serve(Observer.NONE);
  }

  @Override
  public Asking connect(int port) {
    return connect(port, Observer.NONE);
  }

  static Serving serve(Observer observer) {
    Answers answers = new Answers();
    CallServer server =
        CallServer.with(ServerOptions.of(OWNER).withObserver(observer))
            .serve(EchoApi.CONTRACT, answers)
            .start();
    return new Serving() {
      @Override
      public int port() {
        return server.port();
      }

      @Override
      public long sent() {
        return answers.sent.get();
      }

      @Override
      public void close() {
        server.close();
      }
    };
  }

  static Asking connect(int port, Observer observer) {
    var resolver = StaticResolver.of(OWNER, Endpoint.of("127.0.0.1", port));
    Calls calls = Calls.open(CallsOptions.of(CALLER, resolver).withObserver(observer));
    return new Client(calls, calls.client(EchoClient.FACTORY));
  }

  private static final class Answers implements EchoApi {
    private final AtomicLong sent = new AtomicLong();

    @Override
    public EchoResponse echo(EchoRequest request) {
      return EchoResponse.newBuilder().setText(request.getText()).build();
    }

    @Override
    public void repeat(RepeatRequest request, Sink<EchoResponse> answers) {
      for (long i = 0; i < request.getTimes(); i++) {
        answers.send(EchoResponse.newBuilder().setText(TEXT).build());
        sent.incrementAndGet();
      }
    }
  }

  private record Client(Calls calls, EchoClient client) implements Asking {
    @Override
    public String echo(String text) {
      return client.echo(EchoRequest.newBuilder().setText(text).build()).getText();
    }

    @Override
    public long stream(long messages) {
      try (Source<EchoResponse> answers = repeat(messages)) {
        long read = 0;
        while (answers.next().isPresent()) {
          read++;
        }
        return read;
      }
    }

    @Override
    public AutoCloseable stall() {
      Source<EchoResponse> answers = repeat(Long.MAX_VALUE);
      var _ = answers.next();
      return answers;
    }

    private Source<EchoResponse> repeat(long times) {
      return client.repeat(RepeatRequest.newBuilder().setTimes(times).build());
    }

    @Override
    public void close() {
      calls.close();
    }
  }
}
