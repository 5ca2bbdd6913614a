package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

class KeyScopeTest {
  @Test
  void namesEachCallOfAMethodInItsOrder() {
    KeyScope scope = KeyScope.of("orders/17");
    assertThat(List.of(scope.next("a.A/Pay"), scope.next("a.A/Pay"), scope.next("a.A/Void")))
        .containsExactly("orders/17/a.A/Pay/1", "orders/17/a.A/Pay/2", "orders/17/a.A/Void/1");
  }

  @Test
  void parallelQuestionsHaveTheSameNamesInEveryRun() {
    List<String> once = parallel();
    for (int run = 0; run < 20; run++) {
      assertThat(parallel()).isEqualTo(once);
    }
    assertThat(once).doesNotHaveDuplicates().hasSize(12);
  }

  @Test
  void boundWorkHasABranchOfItsOwn() throws Exception {
    Context context = Context.root().withKeyScope(KeyScope.of("t"));
    Callable<String> bound =
        context.call(() -> Context.<String>wrap((Callable<String>) KeyScopeTest::next));
    assertThat(context.call(KeyScopeTest::next)).isEqualTo("t/m/1");
    assertThat(bound.call()).isEqualTo("t~1/m/1");
  }

  @Test
  void detachedWorkHasABranchOfItsOwn() {
    Context context = Context.root().withKeyScope(KeyScope.of("t"));
    Deadline deadline = Deadline.after(java.time.Duration.ofSeconds(1), Clock.SYSTEM);
    Context detached = context.call(() -> Context.detached("later", deadline));
    assertThat(detached.call(KeyScopeTest::next)).isEqualTo("t~1/m/1");
  }

  @Test
  void doesNotTravel() {
    var headers = new java.util.HashMap<String, String>();
    new ContextCodec(Clock.SYSTEM, Limits.DEFAULT)
        .write(Context.root().withKeyScope(KeyScope.of("t")), ContextCodec.carrier(headers));
    assertThat(headers).isEmpty();
  }

  private static List<String> parallel() {
    return Context.root()
        .withKeyScope(KeyScope.of("t"))
        .call(() ->
            Fanout.each(List.of(1, 2, 3, 4), one -> List.of(next(), next(), next())).stream()
                .flatMap(List::stream)
                .toList());
  }

  private static String next() {
    return Context.current().keyScope().orElseThrow().next("m");
  }
}
