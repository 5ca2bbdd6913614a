package dev.concordat.calls.rest;

/// A request that a route has no place for; another of the method's routes may.
final class Unfit extends Exception {
  private static final long serialVersionUID = 1L;

  Unfit(String why) {
    super(why, null, false, false);
  }

  String why() {
    return String.valueOf(getMessage());
  }
}
