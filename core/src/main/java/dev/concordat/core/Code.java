package dev.concordat.core;

/// Why a call failed: the canonical codes of gRPC, with the same numbers on the wire.
///
/// Source: [gRPC status codes](https://grpc.io/docs/guides/status-codes/) and
/// `google/rpc/code.proto`.
public enum Code {
  /// The caller gave up.
  CANCELLED(1),
  /// The failure has no better code.
  UNKNOWN(2),
  /// The request is wrong whatever the state of the system.
  INVALID_ARGUMENT(3),
  /// The deadline passed before the work was done.
  DEADLINE_EXCEEDED(4),
  /// What was asked for does not exist.
  NOT_FOUND(5),
  /// What was to be created exists.
  ALREADY_EXISTS(6),
  /// The caller is known and may not do this.
  PERMISSION_DENIED(7),
  /// A limit or quota is used up.
  RESOURCE_EXHAUSTED(8),
  /// The system is not in the state that this request needs.
  FAILED_PRECONDITION(9),
  /// The work lost a race; the whole operation may be tried again.
  ABORTED(10),
  /// The request is past the valid range.
  OUT_OF_RANGE(11),
  /// The method does not exist here.
  UNIMPLEMENTED(12),
  /// A defect in the service.
  INTERNAL(13),
  /// The service cannot be reached or does not accept work now; trying again may help.
  UNAVAILABLE(14),
  /// Data is lost or damaged.
  DATA_LOSS(15),
  /// The caller is not known.
  UNAUTHENTICATED(16);

  private static final Code[] BY_NUMBER = byNumber();

  private final int number;

  Code(int number) {
    this.number = number;
  }

  /// The number on the wire, 1 to 16.
  public int number() {
    return number;
  }

  /// The code with this number; [#UNKNOWN] for 0 (which is no failure) and for numbers that do not
  /// exist.
  public static Code of(int number) {
    return number >= 1 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
  }

  private static Code[] byNumber() {
    Code[] table = new Code[values().length + 1];
    table[0] = UNKNOWN;
    for (Code code : values()) {
      table[code.number] = code;
    }
    return table;
  }
}
