package dev.concordat.bench;

import dev.concordat.cli.BenchArguments;
import dev.concordat.cli.Benchmark;
import dev.concordat.cli.Figure;
import dev.concordat.core.Fanout;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/// The main road: orders from sixteen customers, from the cart to the receipt, on a fresh system.
///
/// Closed loop: each customer orders again as soon as the answer is there, so the latency is that
/// of a busy system. Filling the carts happens before the clock starts. The processor time counts
/// everything that an order causes, also what goes on after the answer.
public final class RoadBenchmark implements Benchmark {
  private static final int CUSTOMERS = 16;
  private static final int WARM_UP = 500;
  private static final int ORDERS = 1_000;
  private static final Duration LONGEST = Duration.ofMinutes(1);

  @Override
  public String name() {
    return "road";
  }

  @Override
  public String description() {
    return ORDERS + " orders from " + CUSTOMERS + " customers at once, cart to receipt";
  }

  @Override
  public List<Figure> run(BenchArguments arguments) throws IOException {
    PrintWriter progress = arguments.out();
    say(progress, "starting a shop of its own …");
    try (RunningShop shop = RunningShop.start();
        HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
      Shopper shopper = new Shopper(http, shop.edge());
      say(progress, "warming up with " + WARM_UP + " orders …");
      order(shopper, fillCarts(shopper, WARM_UP), new ConcurrentHistogram(LONGEST.toNanos(), 3));
      say(progress, "filling " + ORDERS + " carts …");
      List<String> carts = fillCarts(shopper, ORDERS);
      say(progress, "ordering …");
      Histogram latency = new ConcurrentHistogram(LONGEST.toNanos(), 3);
      Usage before = shop.usage();
      long begin = System.nanoTime();
      order(shopper, carts, latency);
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      Usage used = shop.usage().since(before);
      return figures(shop.untilReady(), took, latency, used);
    }
  }

  private static List<Figure> figures(
      Duration ready, Duration took, Histogram latency, Usage used) {
    double jvm = used.jvmCpu().toNanos() / 1e6 / ORDERS;
    double database = used.databaseCpu().toNanos() / 1e6 / ORDERS;
    return List.of(
        new Figure("road.ready_s", ready.toNanos() / 1e9, "s"),
        new Figure("road.rss_mb", used.residentBytes() / 1e6, "MB"),
        new Figure("road.orders_per_s", ORDERS / (took.toNanos() / 1e9), "1/s"),
        new Figure("road.post_order_p50_ms", latency.getValueAtPercentile(50) / 1e6, "ms"),
        new Figure("road.post_order_p99_ms", latency.getValueAtPercentile(99) / 1e6, "ms"),
        new Figure("road.cpu_ms_per_order", jvm + database, "ms"),
        new Figure("road.jvm_cpu_ms_per_order", jvm, "ms"),
        new Figure("road.database_cpu_ms_per_order", database, "ms"));
  }

  private static void say(PrintWriter out, String what) {
    out.println(what);
    out.flush();
  }

  private static List<String> fillCarts(Shopper shopper, int count) {
    return Fanout.each(
        IntStream.range(0, count).boxed().toList(), CUSTOMERS, turn -> shopper.fillCart(turn));
  }

  private static void order(Shopper shopper, List<String> carts, Histogram latency) {
    Fanout.each(
        carts,
        CUSTOMERS,
        cart -> {
          long begin = System.nanoTime();
          shopper.order(cart);
          latency.recordValue(System.nanoTime() - begin);
          return cart;
        });
  }
}
