package dev.concordat.core;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// Names the operations of work that may run more than once, so that each has the same name in
/// every run: the scope, the method, and how often the scope has called that method before. With
/// these names as idempotency keys, a callee does once what a task, a handler or a step asks twice.
///
/// Holds as long as the work makes the same calls in the same order. Parallel work has scopes of
/// its own ([Fanout], [Context#wrap]), numbered in the order in which it was begun, so that it does
/// not matter which part is faster. Work that calls otherwise in its second run meets a key that
/// stands for another request, and is refused.
///
/// Threads: safe for many; only one by one are the names the same in every run.
public final class KeyScope {
  private static final String BRANCH = "~";

  private final String name;
  private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

  private KeyScope(String name) {
    this.name = name;
  }

  /// A scope that begins to count. Each run of the same work has one of the same name.
  ///
  /// @param name unique to the work, for example `orders.v1.PickOrder/4711`
  public static KeyScope of(String name) {
    return new KeyScope(name);
  }

  /// The name.
  public String name() {
    return name;
  }

  /// The name of the next call of this method: `<scope>/<method>/<n>`, from 1.
  ///
  /// @param method `shop.orders.v1.Orders/PlaceOrder`
  public String next(String method) {
    return name + "/" + method + "/" + count(method);
  }

  /// A scope for work beside this one: `<scope>~<n>`, from 1.
  public KeyScope branch() {
    return of(name + BRANCH + count(BRANCH));
  }

  private int count(String what) {
    return counts.computeIfAbsent(what, any -> new AtomicInteger()).incrementAndGet();
  }

  @Override
  public String toString() {
    return "KeyScope[" + name + "]";
  }
}
