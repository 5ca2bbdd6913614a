package dev.concordat.shop.paypoint;

import dev.concordat.shop.paypoint.v1.Charge;
import dev.concordat.shop.paypoint.v1.ChargeState;
import dev.concordat.shop.paypoint.v1.NewCharge;
import java.util.Optional;

/// What becomes of a charge. Decides only; the [Ledger] writes it down.
final class Bank {
  private static final String DECLINED = "tok_declined";
  private static final String SLOW = "tok_slow";

  private Bank() {}

  static boolean slow(NewCharge asked) {
    return asked.getToken().equals(SLOW);
  }

  /// A charge that was asked for before, or stopped before it was asked for, stays what it is.
  static Charge begin(Optional<Charge> present, NewCharge asked) {
    return present.orElseGet(() ->
        Charge.newBuilder()
            .setReference(asked.getReference())
            .setState(ChargeState.PROCESSING)
            .setAmount(asked.getAmount())
            .setCurrency(asked.getCurrency())
            .build());
  }

  /// The bank has answered. Too late for a charge that was stopped meanwhile.
  static Charge settle(Charge present, NewCharge asked) {
    if (present.getState() != ChargeState.PROCESSING) {
      return present;
    }
    if (asked.getToken().equals(DECLINED)) {
      return present.toBuilder()
          .setState(ChargeState.DECLINED)
          .setDeclineReason("card declined")
          .build();
    }
    return present.toBuilder()
        .setState(ChargeState.CAPTURED)
        .setCaptured(present.getAmount())
        .setCaptures(present.getCaptures() + 1)
        .build();
  }

  /// Stops a charge, also one that has not arrived yet; money that was taken goes back.
  static Charge stop(Optional<Charge> present, String reference) {
    Charge charge = present.orElseGet(() -> Charge.newBuilder().setReference(reference).build());
    return switch (charge.getState()) {
      case CHARGE_STATE_UNSPECIFIED, PROCESSING ->
          charge.toBuilder().setState(ChargeState.VOIDED).build();
      case CAPTURED -> giveBack(charge, ChargeState.VOIDED);
      case DECLINED, VOIDED, REFUNDED, UNRECOGNIZED -> charge;
    };
  }

  /// Gives back money that was taken; nothing to do for any other charge.
  static Charge refund(Charge charge) {
    return charge.getState() == ChargeState.CAPTURED
        ? giveBack(charge, ChargeState.REFUNDED)
        : charge;
  }

  private static Charge giveBack(Charge charge, ChargeState state) {
    return charge.toBuilder().setState(state).setReturned(charge.getCaptured()).build();
  }
}
