package dev.concordat.service;

import com.google.protobuf.Descriptors.Descriptor;
import dev.concordat.contract.PersonalFields;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.personal.PersonalData;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/// Whether a service can start without a master key: not when it tells personal data, or keeps some
/// in sagas. One that only hears of it can: it reads the rest.
///
/// Threads: one, while the service is declared.
final class PersonalCheck {
  private static final Logger LOG = System.getLogger(PersonalCheck.class.getName());

  private final String owner;
  private final boolean hasKeys;
  private final List<Descriptor> kept = new ArrayList<>();

  PersonalCheck(String owner, boolean hasKeys) {
    this.owner = owner;
    this.hasKeys = hasKeys;
  }

  /// A saga keeps such messages.
  void kept(Descriptor type) {
    kept.add(type);
  }

  /// @param known what the service tells, hears, and works on
  /// @throws Failure with `FAILED_PRECONDITION`
  void check(List<KnownMessages.Known> known) {
    if (hasKeys) {
      return;
    }
    kept.stream().filter(PersonalCheck::personal).forEach(type -> refuse("keeps", type));
    for (KnownMessages.Known message : known) {
      if (personal(message.type()) && message.owner().equals(owner)) {
        refuse("tells", message.type());
      } else if (personal(message.type())) {
        LOG.log(
            Level.WARNING,
            "{0} hears {1} without its personal fields: it has no master key ({2})",
            owner,
            message.name(),
            PersonalData.VARIABLE);
      }
    }
  }

  private static boolean personal(Descriptor type) {
    return !PersonalFields.of(type).none();
  }

  private void refuse(String does, Descriptor type) {
    throw Failure.of(
        Code.FAILED_PRECONDITION,
        owner
            + " "
            + does
            + " "
            + type.getFullName()
            + ", which has personal fields, and has no master key to encrypt them with; name the"
            + " file with "
            + PersonalData.VARIABLE);
  }
}
