package dev.concordat.bench.promises;

import dev.concordat.bench.promises.Breach.Kind;
import java.util.ArrayList;
import java.util.List;

/// Decides from the books whether the promise about sagas was kept: each ends, completed or undone,
/// and each booking is there once at most.
///
/// Asked when all is quiet; asked earlier, what is under way counts as stuck.
public final class SagaChecker {
  private SagaChecker() {}

  /// Reads the books of all sagas of a type.
  public static Findings check(String type, List<SagaHistory> sagas) {
    List<Breach> breaches = new ArrayList<>();
    for (SagaHistory saga : sagas) {
      check(type, saga, breaches);
    }
    return new Findings(breaches);
  }

  private static void check(String type, SagaHistory saga, List<Breach> breaches) {
    String subject = "saga " + saga.id();
    saga.booked()
        .forEach((step, times) -> {
          if (times > 1) {
            breaches.add(
                new Breach(
                    Kind.DUPLICATED, type, subject, step + " was booked " + times + " times"));
          }
        });
    String end = saga.steps().getLast();
    List<String> missing = saga.steps().stream().filter(step -> !isBooked(saga, step)).toList();
    List<String> standing =
        saga.steps().stream()
            .filter(step -> isBooked(saga, step) && !saga.undone().contains(step))
            .toList();
    if (isBooked(saga, end)) {
      if (saga.mustFail()) {
        breaches.add(
            new Breach(
                Kind.TOLD_ALTHOUGH_ROLLED_BACK, type, subject, "it refused, and has its end"));
      }
      missing.forEach(step ->
          breaches.add(
              new Breach(Kind.LOST, type, subject, "completed, and " + step + " is missing")));
      saga.undone()
          .forEach(step ->
              breaches.add(
                  new Breach(Kind.LOST, type, subject, "completed, and " + step + " was undone")));
    } else if (!standing.isEmpty() || (!saga.mustFail() && saga.undone().isEmpty())) {
      breaches.add(
          new Breach(
              Kind.STUCK, type, subject, "neither completed nor undone; what stands: " + standing));
    }
    for (int i = 1; i < saga.steps().size(); i++) {
      String before = saga.steps().get(i - 1);
      if (isBooked(saga, saga.steps().get(i)) && !isBooked(saga, before) && !isBooked(saga, end)) {
        breaches.add(
            new Breach(
                Kind.OUT_OF_ORDER,
                type,
                subject,
                saga.steps().get(i) + " was booked without " + before));
      }
    }
  }

  private static boolean isBooked(SagaHistory saga, String step) {
    return saga.booked().getOrDefault(step, 0L) > 0;
  }
}
