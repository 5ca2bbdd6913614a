package dev.concordat.service;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Internal;
import com.google.protobuf.Message;
import dev.concordat.contract.PersonalFields;
import dev.concordat.contract.ServiceContract;
import dev.concordat.contract.v1.OptionsProto;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.personal.PersonalData;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether a service can start without a master key: not when it tells personal data, or keeps some
/// in sagas. One that only hears of it can: it reads the rest.
///
/// Threads: one, while the service is declared.
final class PersonalCheck {
  private static final Logger LOG = System.getLogger(PersonalCheck.class.getName());

  private final String owner;
  private final boolean hasKeys;
  private final List<Descriptor> told = new ArrayList<>();
  private final List<Descriptor> kept = new ArrayList<>();

  PersonalCheck(String owner, boolean hasKeys) {
    this.owner = owner;
    this.hasKeys = hasKeys;
  }

  /// A saga keeps such messages.
  void kept(Descriptor type) {
    kept.add(type);
  }

  /// The service publishes what this contract says. A contract names its events without knowing
  /// them, so they are looked for beside it; one that stands elsewhere is found out when it is
  /// told.
  void told(ServiceContract<?> contract) {
    FileDescriptor file = contract.descriptor().getFile();
    String prefix = file.getPackage() + ".";
    for (String event : contract.descriptor().getOptions().getExtension(OptionsProto.publishes)) {
      if (event.startsWith(prefix)) {
        String name = file.getOptions().getJavaPackage() + "." + event.substring(prefix.length());
        type(name).ifPresent(told::add);
      }
    }
  }

  private static Optional<Descriptor> type(String name) {
    try {
      Class<?> type = Class.forName(name);
      return Message.class.isAssignableFrom(type)
          ? Optional.of(
              Internal.getDefaultInstance(type.asSubclass(Message.class)).getDescriptorForType())
          : Optional.empty();
    } catch (ClassNotFoundException e) {
      return Optional.empty();
    }
  }

  /// @param known what the service tells, hears, and works on
  /// @throws Failure with `FAILED_PRECONDITION`
  void check(List<KnownMessages.Known> known) {
    if (hasKeys) {
      return;
    }
    told.stream().filter(PersonalCheck::personal).forEach(type -> refuse("tells", type));
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
