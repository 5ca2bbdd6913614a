package dev.concordat.cli;

import dev.concordat.contract.Catalog;
import dev.concordat.core.Failure;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// Finds a method by what a person types: the full name, or the end of it, in any case.
final class MethodNames {
  private static final int SUGGESTIONS = 5;

  private MethodNames() {}

  static Catalog.Entry find(Catalog catalog, String typed) {
    List<Catalog.Entry> found =
        catalog.methods().stream().filter(entry -> matches(name(entry), typed)).toList();
    if (found.size() == 1) {
      return found.getFirst();
    }
    List<String> near =
        found.isEmpty()
            ? near(catalog, typed)
            : found.stream().map(MethodNames::name).sorted().toList();
    throw unknown(typed, found.isEmpty(), near);
  }

  private static Failure unknown(String typed, boolean none, List<String> near) {
    String names = near.stream().map(name -> "\n  " + name).collect(Collectors.joining());
    return Refusal.because(
        (none ? "no method is called " : "more than one method is called ")
            + typed
            + (none ? "; the nearest are:" : ":")
            + names);
  }

  static String name(Catalog.Entry entry) {
    return entry.method().fullName();
  }

  /// `orders/placeorder` is the end of `shop.orders.v1.Orders/PlaceOrder`.
  private static boolean matches(String name, String typed) {
    String whole = name.toLowerCase(Locale.ROOT).replace('/', '.');
    String end = typed.toLowerCase(Locale.ROOT).replace('/', '.');
    return whole.equals(end) || whole.endsWith("." + end);
  }

  private static List<String> near(Catalog catalog, String typed) {
    String last = typed.substring(Math.max(typed.lastIndexOf('/'), typed.lastIndexOf('.')) + 1);
    return catalog.methods().stream()
        .sorted(
            Comparator.comparingInt(
                entry -> distance(entry.method().name().toLowerCase(Locale.ROOT), last)))
        .map(MethodNames::name)
        .limit(SUGGESTIONS)
        .toList();
  }

  /// Levenshtein's.
  static int distance(String name, String typed) {
    String other = typed.toLowerCase(Locale.ROOT);
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= name.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = name.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1;
        int best = Math.min(diagonal + change, Math.min(row[j], row[j - 1]) + 1);
        diagonal = row[j];
        row[j] = best;
      }
    }
    return row[other.length()];
  }
}
