package dev.concordat.contract;

import java.util.List;

/// Who may call a method, as its contract says. A method that names neither callers nor scopes and
/// is not public is closed.
///
/// @param callers owners that may call; `*` is every service of the system
/// @param scopes what the end user's token must hold, all of them
public record Allow(List<String> callers, List<String> scopes) {
  private static final String EVERY_SERVICE = "*";

  /// Copies the lists.
  public Allow {
    callers = List.copyOf(callers);
    scopes = List.copyOf(scopes);
  }

  /// Whether nobody is named.
  public boolean nobody() {
    return callers.isEmpty() && scopes.isEmpty();
  }

  /// Whether a service may call, whoever the end user is. Without callers, scopes decide alone.
  public boolean caller(String owner) {
    return !owner.isEmpty()
        && (callers.isEmpty() || callers.contains(EVERY_SERVICE) || callers.contains(owner));
  }
}
