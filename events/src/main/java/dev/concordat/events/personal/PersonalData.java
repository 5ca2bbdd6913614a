package dev.concordat.events.personal;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import dev.concordat.contract.PersonalFields;
import dev.concordat.contract.v1.Sealed;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.Dead;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Takes the fields that a contract calls personal out of a message before it is written down, and
/// puts them back before code sees it.
///
/// They travel encrypted in a field of the message that no contract declares
/// ([PersonalFields#SEALED]). Whoever has no key, or does not know of all this, reads a message
/// without them. A person who is forgotten leaves the encrypted part behind: that is the mark by
/// which [#hidden] knows.
///
/// Threads: safe for many.
public final class PersonalData {
  /// The variable with the path of the master keys' file, as messages name it.
  public static final String VARIABLE = "CONCORDAT_MASTER_KEY_FILE";

  private final String owner;
  private final Optional<PersonKeys> keys;

  /// @param owner who tells
  /// @param keys empty when this service has no master key: then it can neither tell personal data
  ///   nor read it
  public PersonalData(String owner, Optional<PersonKeys> keys) {
    this.owner = owner;
    this.keys = keys;
  }

  /// Whether personal data can be told and read here.
  public boolean hasKeys() {
    return keys.isPresent();
  }

  /// Whether a message has personal fields that cannot be read: the person is forgotten, or this
  /// service has no master key.
  public static boolean hidden(Message message) {
    return message.getUnknownFields().hasField(PersonalFields.SEALED)
        || PersonalFields.of(message.getDescriptorForType()).within().stream()
            .flatMap(field -> values(message, field).stream())
            .anyMatch(PersonalData::hidden);
  }

  /// The message as it is written down.
  ///
  /// @throws Failure with `FAILED_PRECONDITION` when there are personal fields and no keys; with
  ///   `INVALID_ARGUMENT` when a personal field is set and it does not say whose; with
  ///   `UNAVAILABLE` when a new person's key cannot be made
  public Message seal(Message message) {
    PersonalFields fields = PersonalFields.of(message.getDescriptorForType());
    if (fields.none()) {
      return message;
    }
    Message.Builder rest = message.toBuilder();
    fields.within().forEach(field -> replace(rest, message, field, this::seal));
    UnknownFieldSet.Field.Builder sealed = UnknownFieldSet.Field.newBuilder();
    fields
        .byPerson()
        .forEach((person, personal) -> {
          List<FieldDescriptor> set =
              personal.stream().filter(field -> isSet(message, field)).toList();
          if (!set.isEmpty()) {
            sealed.addLengthDelimited(sealed(message, person, set).toByteString());
            set.forEach(rest::clearField);
          }
        });
    if (!sealed.build().getLengthDelimitedList().isEmpty()) {
      rest.setUnknownFields(
          rest.getUnknownFields().toBuilder()
              .mergeField(PersonalFields.SEALED, sealed.build())
              .build());
    }
    return rest.buildPartial();
  }

  /// The message as code sees it; without what cannot be read.
  ///
  /// @throws Dead when the personal fields were changed on their way
  /// @throws Failure with `UNAVAILABLE` when the keys cannot be reached or opened now; with
  ///   `FAILED_PRECONDITION` when the key was never in this database
  @SuppressWarnings("unchecked")
  public <E extends Message> E open(E message) {
    return keys.isEmpty() ? message : (E) opened(message, keys.get());
  }

  /// Forgets a person: see [PersonKeys#forget].
  ///
  /// @throws Failure with `FAILED_PRECONDITION` when this service has no master key: then it has
  ///   told nothing
  public boolean forget(String person) {
    return keys.orElseThrow(() -> withoutKeys(owner + " tells nothing personal"))
        .forget(owner, person);
  }

  /// Wraps all keys with the current master key: see [PersonKeys#rewrap].
  ///
  /// @throws Failure with `FAILED_PRECONDITION` when this service has no master key
  public int rewrap() {
    return keys.orElseThrow(() -> withoutKeys(owner + " has no key to wrap with")).rewrap();
  }

  /// The personal fields that a message has only encrypted, itself, not in messages within it; to
  /// show the message to people. Never fails.
  public List<Hidden> hiddenFields(Message message) {
    List<Hidden> hidden = new ArrayList<>();
    for (ByteString bytes : entries(message)) {
      try {
        Sealed entry = Sealed.parseFrom(bytes);
        hidden.add(new Hidden(entry.getFieldsList(), forgotten(entry)));
      } catch (InvalidProtocolBufferException e) {
        hidden.add(new Hidden(List.of(), false));
      }
    }
    return hidden;
  }

  /// Fields that are there only encrypted.
  ///
  /// @param numbers of the fields
  /// @param forgotten whether it is known that nobody can read them any more
  public record Hidden(List<Integer> numbers, boolean forgotten) {
    /// Copies the numbers.
    public Hidden {
      numbers = List.copyOf(numbers);
    }
  }

  private boolean forgotten(Sealed entry) {
    try {
      return keys.flatMap(has -> Seal.keyOf(entry).flatMap(has::find))
          .filter(PersonKeys.Held.Forgotten.class::isInstance)
          .isPresent();
    } catch (Failure unreachable) {
      return false;
    }
  }

  private Message opened(Message message, PersonKeys with) {
    PersonalFields fields = PersonalFields.of(message.getDescriptorForType());
    List<ByteString> entries = entries(message);
    if (entries.isEmpty() && fields.within().isEmpty()) {
      return message;
    }
    Message.Builder open = message.toBuilder();
    fields.within().forEach(field -> replace(open, message, field, it -> opened(it, with)));
    UnknownFieldSet.Field.Builder left = UnknownFieldSet.Field.newBuilder();
    for (ByteString bytes : entries) {
      Optional<Message> part = part(message, parsed(bytes, message), with);
      part.ifPresentOrElse(open::mergeFrom, () -> left.addLengthDelimited(bytes));
    }
    UnknownFieldSet.Builder unknown = message.getUnknownFields().toBuilder();
    unknown.clearField(PersonalFields.SEALED);
    if (!left.build().getLengthDelimitedList().isEmpty()) {
      unknown.addField(PersonalFields.SEALED, left.build());
    }
    // Fields that this contract does not know yet come out of the part as unknown ones: away with
    // them, so that they are not written down in the open with the next message.
    return open.setUnknownFields(unknown.build()).buildPartial();
  }

  /// What was taken out; empty when the person is forgotten, or not named in this contract.
  private static Optional<Message> part(Message message, Sealed entry, PersonKeys with) {
    FieldDescriptor person = message.getDescriptorForType().findFieldByNumber(entry.getPerson());
    if (person == null) {
      return Optional.empty();
    }
    PersonKeys.Held held =
        with.find(Seal.keyOf(entry).orElseThrow(() -> broken(message, "cannot be read")))
            .orElseThrow(() ->
                Failure.of(
                    Code.FAILED_PRECONDITION,
                    "the key of the personal data of this "
                        + message.getDescriptorForType().getFullName()
                        + " was never in the shared database; is it the one that the teller has,"
                        + " and not one restored from before?"));
    return switch (held) {
      case PersonKeys.Held.Forgotten() -> Optional.empty();
      case PersonKeys.Held.Open(var key) ->
          Optional.of(
              Seal.open(message, person, entry, key)
                  .orElseThrow(() -> broken(message, "was changed on its way")));
    };
  }

  private Sealed sealed(Message message, FieldDescriptor person, List<FieldDescriptor> personal) {
    String type = message.getDescriptorForType().getFullName();
    PersonKeys with = keys.orElseThrow(() -> withoutKeys(type + " has personal fields"));
    if (!isSet(message, person)) {
      throw Failure.of(
          Code.INVALID_ARGUMENT,
          personal.getFirst().getFullName()
              + " is personal, but "
              + person.getName()
              + " is empty");
    }
    return Seal.of(
        message, person, personal, with.issue(owner, message.getField(person).toString()));
  }

  private static List<ByteString> entries(Message message) {
    return message.getUnknownFields().getField(PersonalFields.SEALED).getLengthDelimitedList();
  }

  private static Sealed parsed(ByteString entry, Message message) {
    try {
      return Sealed.parseFrom(entry);
    } catch (InvalidProtocolBufferException e) {
      throw broken(message, "cannot be read");
    }
  }

  private static boolean isSet(Message message, FieldDescriptor field) {
    return field.isRepeated()
        ? message.getRepeatedFieldCount(field) > 0
        : field.hasPresence()
            ? message.hasField(field)
            : !message.getField(field).equals(field.getDefaultValue());
  }

  private static List<Message> values(Message message, FieldDescriptor field) {
    List<Message> values = new ArrayList<>();
    if (field.isRepeated()) {
      ((List<?>) message.getField(field)).forEach(value -> values.add((Message) value));
    } else if (message.hasField(field)) {
      values.add((Message) message.getField(field));
    }
    return values;
  }

  private static void replace(
      Message.Builder to, Message from, FieldDescriptor field, UnaryOperator<Message> change) {
    List<Message> values = values(from, field).stream().map(change).toList();
    if (field.isRepeated()) {
      to.setField(field, values);
    } else {
      values.forEach(value -> to.setField(field, value));
    }
  }

  private static Dead broken(Message message, String how) {
    return Dead.because(
        "the personal data of this " + message.getDescriptorForType().getFullName() + " " + how);
  }

  private static Failure withoutKeys(String what) {
    return Failure.of(
        Code.FAILED_PRECONDITION,
        what + ", and this service has no master key; give it one, with the variable " + VARIABLE);
  }
}
