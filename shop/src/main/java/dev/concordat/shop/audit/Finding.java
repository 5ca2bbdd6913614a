package dev.concordat.shop.audit;

/// One thing that does not add up.
///
/// @param subject what it is about: an order's or a product's id
/// @param what what is wrong with it, as a sentence without its subject
/// @param passing whether it is only that work is under way, which may be over the next time
public record Finding(String subject, String what, boolean passing) {
  static Finding wrong(String subject, String what) {
    return new Finding(subject, what, false);
  }

  static Finding underWay(String subject, String what) {
    return new Finding(subject, what, true);
  }

  @Override
  public String toString() {
    return subject + " " + what;
  }
}
