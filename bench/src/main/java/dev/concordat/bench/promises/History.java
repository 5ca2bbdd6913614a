package dev.concordat.bench.promises;

import java.util.List;

/// All that one reader should have done, and all that it did.
///
/// @param reader a subscription or a queue
/// @param told what was committed
/// @param effects what was made of it
public record History(String reader, List<Told> told, List<Effect> effects) {
  /// Copies the lists.
  public History {
    told = List.copyOf(told);
    effects = List.copyOf(effects);
  }
}
