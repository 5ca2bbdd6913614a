package dev.concordat.calls.discovery;

import dev.concordat.calls.Eventually;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/// Remembers all that a watch was told.
final class Seen implements Consumer<List<Endpoint>> {
  private final List<List<Endpoint>> told = new CopyOnWriteArrayList<>();

  @Override
  public void accept(List<Endpoint> endpoints) {
    told.add(endpoints);
  }

  int times() {
    return told.size();
  }

  List<Endpoint> last() {
    return told.isEmpty() ? List.of() : told.getLast();
  }

  void awaitHosts(String... hosts) {
    List<String> wanted = List.of(hosts).stream().sorted().toList();
    Eventually.holds(
        "told of " + wanted + ", was told of " + told,
        () ->
            !told.isEmpty()
                && last().stream().map(Endpoint::host).sorted().toList().equals(wanted));
  }
}
