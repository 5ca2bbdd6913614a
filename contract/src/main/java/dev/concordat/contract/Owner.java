package dev.concordat.contract;

/// The one service that answers for a contract and its data, as a type. The generator makes one for
/// each owner name, so that the compiler can tell whose event is being published.
public interface Owner {
  /// The name in the contract, for example `orders`.
  String ownerName();
}
