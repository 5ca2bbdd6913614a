package dev.concordat.events.tasks;

/// A number for each priority: a place in line, or how many.
record Places(long high, long normal, long low) {
  static final Places NONE = new Places(0, 0, 0);
  static final int PRIORITIES = 3;

  long of(int rank) {
    return switch (rank) {
      case 0 -> high;
      case 1 -> normal;
      default -> low;
    };
  }

  Places with(int rank, long number) {
    return new Places(
        rank == 0 ? number : high, rank == 1 ? number : normal, rank == 2 ? number : low);
  }

  Places max(Places other) {
    return new Places(
        Math.max(high, other.high), Math.max(normal, other.normal), Math.max(low, other.low));
  }

  Places min(Places other) {
    return new Places(
        Math.min(high, other.high), Math.min(normal, other.normal), Math.min(low, other.low));
  }

  int sum() {
    return (int) (high + normal + low);
  }
}
