package dev.concordat.events.personal;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.concordat.contract.v1.Sealed;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.crypto.SecretKey;

/// The encrypted part of a message: the personal fields of one person.
///
/// It opens only in a message of the same type that names the same person in the same field: what
/// is copied elsewhere is of no use there.
final class Seal {
  private static final int KEY_NAME = 16;

  private Seal() {}

  /// Encrypts these fields of the message.
  static Sealed of(
      Message message, FieldDescriptor person, List<FieldDescriptor> fields, PersonKeys.Named key) {
    Message.Builder part = message.newBuilderForType();
    Sealed.Builder entry = Sealed.newBuilder().setKey(name(key.id())).setPerson(person.getNumber());
    for (FieldDescriptor field : fields) {
      part.setField(field, message.getField(field));
      entry.addFields(field.getNumber());
    }
    byte[] about = about(message, person, entry.build());
    byte[] text = Cipher.seal(key.key(), part.buildPartial().toByteArray(), about);
    return entry.setText(ByteString.copyFrom(text)).build();
  }

  /// The fields, in a message that has nothing else; empty when anything was changed.
  static Optional<Message> open(
      Message message, FieldDescriptor person, Sealed entry, SecretKey key) {
    return Cipher.open(key, entry.getText().toByteArray(), about(message, person, entry))
        .flatMap(text -> parsed(message, text));
  }

  /// The key's name; empty when it is none.
  static Optional<UUID> keyOf(Sealed entry) {
    if (entry.getKey().size() != KEY_NAME) {
      return Optional.empty();
    }
    ByteBuffer name = entry.getKey().asReadOnlyByteBuffer();
    return Optional.of(new UUID(name.getLong(), name.getLong()));
  }

  private static ByteString name(UUID key) {
    return ByteString.copyFrom(
        ByteBuffer.allocate(KEY_NAME)
            .putLong(key.getMostSignificantBits())
            .putLong(key.getLeastSignificantBits())
            .array());
  }

  private static Optional<Message> parsed(Message message, byte[] text) {
    try {
      return Optional.of(message.newBuilderForType().mergeFrom(text).buildPartial());
    } catch (InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }

  private static byte[] about(Message message, FieldDescriptor person, Sealed entry) {
    String about =
        String.join(
            "\n",
            "concordat personal 1",
            message.getDescriptorForType().getFullName(),
            keyOf(entry).map(UUID::toString).orElse(""),
            message.getField(person).toString(),
            Integer.toString(entry.getPerson()),
            entry.getFieldsList().toString());
    return about.getBytes(StandardCharsets.UTF_8);
  }
}
