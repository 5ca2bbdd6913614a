package dev.concordat.shop.audit;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// Entries of one book, found by the order they belong to.
record ByOrder<T>(Map<String, List<T>> entries) {
  static <T> ByOrder<T> of(List<T> all, Function<T, String> order) {
    return new ByOrder<>(all.stream().collect(Collectors.groupingBy(order)));
  }

  List<T> of(String orderId) {
    return entries.getOrDefault(orderId, List.of());
  }

  /// Orders that have entries but are not among the known.
  List<String> strangers(Set<String> known) {
    return new TreeMap<>(entries).keySet().stream().filter(id -> !known.contains(id)).toList();
  }
}
