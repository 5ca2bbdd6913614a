package dev.concordat.calls;

import dev.concordat.calls.probe.v1.CountRequest;
import dev.concordat.calls.probe.v1.CountResponse;
import dev.concordat.calls.probe.v1.EchoRequest;
import dev.concordat.calls.probe.v1.EchoResponse;
import dev.concordat.calls.probe.v1.LookRequest;
import dev.concordat.calls.probe.v1.LookResponse;
import dev.concordat.calls.probe.v1.PayRequest;
import dev.concordat.calls.probe.v1.PayResponse;
import dev.concordat.calls.probe.v1.ProbeApi;
import dev.concordat.calls.probe.v1.StrikeRequest;
import dev.concordat.calls.probe.v1.StrikeResponse;
import dev.concordat.calls.probe.v1.SumRequest;
import dev.concordat.calls.probe.v1.SumResponse;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/// An implementation with a state that tests look at, and places where they put their own
/// behaviour.
class Probes implements ProbeApi {
  final AtomicLong looks = new AtomicLong();
  final AtomicLong strikes = new AtomicLong();
  final AtomicLong payments = new AtomicLong();
  volatile Function<LookRequest, LookResponse> onLook =
      request -> LookResponse.newBuilder().setText("seen " + request.getName()).build();
  volatile Function<StrikeRequest, StrikeResponse> onStrike =
      request -> StrikeResponse.newBuilder().setStrikes(strikes.get()).build();
  volatile Function<PayRequest, PayResponse> onPay =
      request ->
          PayResponse.newBuilder()
              .setPaymentId("payment-" + payments.get())
              .setAmount(request.getAmount())
              .build();

  @Override
  public LookResponse look(LookRequest request) {
    looks.incrementAndGet();
    return onLook.apply(request);
  }

  @Override
  public StrikeResponse strike(StrikeRequest request) {
    strikes.incrementAndGet();
    return onStrike.apply(request);
  }

  @Override
  public PayResponse pay(PayRequest request) {
    payments.incrementAndGet();
    return onPay.apply(request);
  }

  @Override
  public LookResponse whisper(LookRequest request) {
    return LookResponse.newBuilder().setText("psst").build();
  }

  @Override
  public LookResponse glance(LookRequest request) {
    return look(request);
  }

  @Override
  public void leaf(CountRequest request, Sink<CountResponse> out) {
    look(LookRequest.getDefaultInstance());
    count(request, out);
  }

  @Override
  public LookResponse ponder(LookRequest request) {
    return look(request);
  }

  @Override
  public LookResponse hurry(LookRequest request) {
    return look(request);
  }

  @Override
  public void count(CountRequest request, Sink<CountResponse> out) {
    for (long i = 1; i <= request.getUntil(); i++) {
      out.send(CountResponse.newBuilder().setNumber(i).build());
    }
  }

  @Override
  public void nap(Source<EchoRequest> in, Sink<CountResponse> out) {
    in.forEach(request -> out.send(CountResponse.getDefaultInstance()));
  }

  @Override
  public void recount(CountRequest request, Sink<CountResponse> out) {
    count(request, out);
  }

  @Override
  public SumResponse sum(Source<SumRequest> in) {
    long sum = 0;
    for (SumRequest request : in) {
      sum += request.getNumber();
    }
    return SumResponse.newBuilder().setSum(sum).build();
  }

  @Override
  public void echo(Source<EchoRequest> in, Sink<EchoResponse> out) {
    for (EchoRequest request : in) {
      out.send(EchoResponse.newBuilder().setText(request.getText()).build());
    }
  }
}
