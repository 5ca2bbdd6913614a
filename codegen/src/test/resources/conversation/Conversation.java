package conversation;

import com.google.protobuf.Message;
import dev.concordat.contract.Binding;
import dev.concordat.contract.Caller;
import dev.concordat.contract.Catalog;
import dev.concordat.contract.Event;
import dev.concordat.contract.Method;
import dev.concordat.contract.Owner;
import dev.concordat.contract.ServiceContract;
import dev.concordat.contract.Task;
import dev.concordat.core.Exchange;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import dev.concordat.core.Upload;
import dev.concordat.golden.v1.ImportResult;
import dev.concordat.golden.v1.Item;
import dev.concordat.golden.v1.Order;
import dev.concordat.golden.v1.OrderChange;
import dev.concordat.golden.v1.OrderPlaced;
import dev.concordat.golden.v1.OrdersApi;
import dev.concordat.golden.v1.OrdersClient;
import dev.concordat.golden.v1.OrdersOwner;
import dev.concordat.golden.v1.Pick;
import dev.concordat.golden.v1.PickOrder;
import dev.concordat.golden.v1.PlaceOrderRequest;
import dev.concordat.golden.v1.Scan;
import dev.concordat.golden.v1.WatchOrderRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;

/**
 * A service and its caller in one process: compiled and run by the tests together with the
 * generated Java.
 */
public final class Conversation implements Supplier<List<String>> {
  private final List<String> heard = new ArrayList<>();

  /** For the test. */
  public Conversation() {}

  @Override
  public List<String> get() {
    OrdersClient orders =
        OrdersClient.FACTORY
            .create()
            .apply(new InMemory<OrdersApi>(OrdersApi.CONTRACT, new Desk()));
    heard.add(orders.placeOrder(PlaceOrderRequest.newBuilder().setCartId("c1").build()).getId());
    try (Source<OrderChange> changes = orders.watchOrder(WatchOrderRequest.getDefaultInstance())) {
      changes.forEach(change -> heard.add(change.getStatus()));
    }
    try (Upload<Item, ImportResult> items = orders.importItems()) {
      items.send(Item.getDefaultInstance());
      items.send(Item.getDefaultInstance());
      heard.add("imported " + items.finish().getCount());
    }
    try (Exchange<Scan, Pick> desk = orders.pickingDesk()) {
      desk.send(Scan.newBuilder().setCode("a").build());
      desk.finish();
      desk.forEach(pick -> heard.add(pick.getShelf()));
    }
    publish(OrderPlaced.newBuilder().setOrderId("o1").build());
    publish(dev.concordat.golden.v2.Facts.OrderPlaced.getDefaultInstance());
    enqueue(PickOrder.getDefaultInstance());
    heard.add(OrdersOwner.OWNER.ownerName() + " " + OrdersApi.CONTRACT.owner());
    heard.add(OrdersApi.CONTRACT.descriptor().getFile().getName());
    heard.add(
        Catalog.of(OrdersApi.CONTRACT).methods().getFirst().routes().getFirst().path().text());
    return heard;
  }

  private void publish(Event<OrdersOwner> event) {
    heard.add(event.getDescriptorForType().getFullName());
  }

  private void enqueue(Task<? extends Owner> task) {
    heard.add(task.getDescriptorForType().getFullName());
  }

  private static final class Desk implements OrdersApi {
    @Override
    public Order placeOrder(PlaceOrderRequest request) {
      return Order.newBuilder().setId("order of " + request.getCartId()).build();
    }

    @Override
    public void watchOrder(WatchOrderRequest request, Sink<OrderChange> out) {
      out.send(OrderChange.newBuilder().setStatus("PENDING").build());
      out.send(OrderChange.newBuilder().setStatus("CONFIRMED").build());
    }

    @Override
    public ImportResult importItems(Source<Item> in) {
      int count = 0;
      while (in.next().isPresent()) {
        count++;
      }
      return ImportResult.newBuilder().setCount(count).build();
    }

    @Override
    public void pickingDesk(Source<Scan> in, Sink<Pick> out) {
      in.forEach(scan -> out.send(Pick.newBuilder().setShelf("shelf " + scan.getCode()).build()));
    }
  }

  /** Calls the implementation through the contract's bindings, as a server does. */
  private record InMemory<A>(ServiceContract<A> contract, A api) implements Caller {
    @Override
    public <Q extends Message, R extends Message> R unary(Method<Q, R> method, Q request) {
      return this.<Q, R, Binding.Unary<A, Q, R>>binding(method).call().apply(api, request);
    }

    @Override
    public <Q extends Message, R extends Message> Source<R> serverStream(
        Method<Q, R> method, Q request) {
      Pipe<Q, R> pipe = new Pipe<>();
      this.<Q, R, Binding.ServerStreaming<A, Q, R>>binding(method)
          .call()
          .call(api, request, pipe.down::add);
      return pipe;
    }

    @Override
    public <Q extends Message, R extends Message> Upload<Q, R> clientStream(Method<Q, R> method) {
      Binding.ClientStreaming<A, Q, R> binding = binding(method);
      Pipe<Q, Q> pipe = new Pipe<>();
      return new Upload<>() {
        @Override
        public void send(Q message) {
          pipe.down.add(message);
        }

        @Override
        public R finish() {
          return binding.call().apply(api, pipe);
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public <Q extends Message, R extends Message> Exchange<Q, R> bidirectional(
        Method<Q, R> method) {
      Binding.Bidirectional<A, Q, R> binding = binding(method);
      Pipe<Q, Q> up = new Pipe<>();
      return new Pipe<Q, R>() {
        @Override
        public void send(Q message) {
          up.down.add(message);
        }

        @Override
        public void finish() {
          binding.call().call(api, up, down::add);
        }
      };
    }

    @SuppressWarnings("unchecked")
    private <Q extends Message, R extends Message, B extends Binding<A>> B binding(
        Method<Q, R> method) {
      return (B)
          contract.bindings().stream()
              .filter(binding -> binding.method() == method)
              .findFirst()
              .orElseThrow();
    }
  }

  private static class Pipe<Q, R> implements Exchange<Q, R> {
    final Queue<R> down = new ArrayDeque<>();

    @Override
    public void send(Q message) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void finish() {}

    @Override
    public Optional<R> next() {
      return Optional.ofNullable(down.poll());
    }

    @Override
    public void close() {}
  }
}
