package dev.concordat.events.sagas;

import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/// The services that a saga of the tests calls: a stock that reserves and a bank that charges. Like
/// real ones they do a thing once per idempotency key, and have not been touched by what they
/// refuse.
final class Partners {
  private final Set<String> keys = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> reserved = new ConcurrentHashMap<>();
  private final Map<String, Integer> charged = new ConcurrentHashMap<>();
  private final List<String> log = new CopyOnWriteArrayList<>();
  volatile Optional<Failure> declines = Optional.empty();

  void reserve(String order) {
    once("reserve", () -> reserved.merge(order, 1, Integer::sum));
  }

  void release(String order) {
    once("release", () -> reserved.remove(order));
  }

  void charge(String order) {
    log.add("ask " + key());
    declines.ifPresent(failure -> {
      throw failure;
    });
    once("charge", () -> charged.merge(order, 1, Integer::sum));
  }

  void refund(String order) {
    once("refund", () -> charged.remove(order));
  }

  int reserved(String order) {
    return reserved.getOrDefault(order, 0);
  }

  int charged(String order) {
    return charged.getOrDefault(order, 0);
  }

  /// What was really done, in order.
  List<String> log() {
    return log;
  }

  private void once(String what, Runnable effect) {
    if (keys.add(key())) {
      effect.run();
      log.add(what);
    }
  }

  private static String key() {
    return Context.current().keyScope().orElseThrow().name();
  }
}
