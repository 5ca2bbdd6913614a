package dev.concordat.service;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Internal;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.contract.Queue;
import dev.concordat.contract.QueueBounds;
import dev.concordat.contract.ServiceContract;
import dev.concordat.contract.Topic;
import dev.concordat.contract.v1.OptionsProto;
import dev.concordat.events.personal.PersonalData;
import dev.concordat.events.tasks.TaskDesk;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// The types of events and tasks that a service tells, hears and works on, to show a message to
/// people: as JSON, without the fields that the contract hides (`debug_redact`), and with a mark in
/// place of personal data.
///
/// Threads: safe for many.
final class KnownMessages {
  private final Map<String, Known> types = new ConcurrentHashMap<>();
  private final Map<String, Descriptor> inContracts = new ConcurrentHashMap<>();
  private final PersonalMarks marks;

  /// @param personal knows who is forgotten
  KnownMessages(PersonalData personal) {
    this.marks = new PersonalMarks(personal);
  }

  /// A type that is told through the log.
  ///
  /// @param name of the topic: the type's full name
  /// @param owner whose it is
  /// @param retention how long it stays readable
  record Known(String name, String owner, Duration retention, Descriptor type) {}

  /// A message as it can be shown.
  sealed interface Shown {}

  /// As JSON.
  record Json(String text) implements Shown {}

  /// Only as bytes.
  record Unreadable(String because) implements Shown {}

  /// A type that this service handles.
  void add(Class<? extends Message> type) {
    add(Internal.getDefaultInstance(type).getDescriptorForType());
  }

  /// All events and tasks of a contract that this service implements, and of the files of the same
  /// owner that it builds on; the events that it says the service publishes.
  void add(ServiceContract<?> contract) {
    FileDescriptor file = contract.descriptor().getFile();
    addAll(file);
    file.getMessageTypes().forEach(this::addIfTold);
    file.getDependencies().stream()
        .filter(other ->
            other
                .getOptions()
                .getExtension(OptionsProto.owner)
                .equals(file.getOptions().getExtension(OptionsProto.owner)))
        .forEach(other -> other.getMessageTypes().forEach(this::addIfTold));
    Published.by(contract).forEach(this::addIfTold);
  }

  /// All messages of a contract's file and of those that it builds on, told or not: steps of sagas
  /// answer with messages of services that are called.
  void addAll(FileDescriptor file) {
    boolean anything = false;
    for (Descriptor type : file.getMessageTypes()) {
      anything |= inContracts.put(type.getFullName(), type) == null;
    }
    if (anything || file.getMessageTypes().isEmpty()) {
      file.getDependencies().forEach(this::addAll);
    }
  }

  /// A message of the contracts that this service implements or calls.
  Optional<Descriptor> find(String fullName) {
    return Optional.ofNullable(inContracts.get(fullName));
  }

  /// What the contract of a queue says that it keeps to.
  Optional<QueueBounds> bounds(String queue) {
    return Optional.ofNullable(types.get(queue))
        .map(known -> Queue.of(DynamicMessage.getDefaultInstance(known.type)).bounds());
  }

  /// By name.
  List<Known> topics() {
    return types.values().stream().sorted(Comparator.comparing(Known::name)).toList();
  }

  /// The message as people can see it.
  Shown read(String type, ByteString payload) {
    return read(type, payload, JsonFormat.printer());
  }

  /// The same in one line.
  Shown line(String type, ByteString payload) {
    return read(type, payload, JsonFormat.printer().omittingInsignificantWhitespace());
  }

  private Shown read(String type, ByteString payload, JsonFormat.Printer printer) {
    Known known = types.get(type);
    if (known == null) {
      return new Unreadable("this service does not know " + type);
    }
    try {
      return new Json(PersonalMarks.legible(printer.print(shown(known.type, payload))));
    } catch (InvalidProtocolBufferException e) {
      return new Unreadable("these " + payload.size() + " bytes are no " + type);
    }
  }

  /// The message as JSON; a sentence in JSON when it cannot be read.
  String json(String type, ByteString payload) {
    return switch (read(type, payload)) {
      case Json json -> json.text();
      case Unreadable not -> "{\"unreadable\": \"" + not.because() + "\"}";
    };
  }

  /// A message of a known type as JSON; a sentence in JSON when it cannot be read.
  String json(Descriptor type, ByteString payload) {
    try {
      return PersonalMarks.legible(JsonFormat.printer().print(shown(type, payload)));
    } catch (InvalidProtocolBufferException e) {
      return "{\"unreadable\": \"these "
          + payload.size()
          + " bytes are no "
          + type.getFullName()
          + "\"}";
    }
  }

  private Message shown(Descriptor type, ByteString payload) throws InvalidProtocolBufferException {
    return marks.on(redacted(DynamicMessage.parseFrom(type, payload)));
  }

  private void addIfTold(Descriptor type) {
    if (type.getOptions().hasExtension(OptionsProto.event)
        || type.getOptions().hasExtension(OptionsProto.task)) {
      add(type);
    }
  }

  private void add(Descriptor type) {
    Message prototype = DynamicMessage.getDefaultInstance(type);
    if (type.getOptions().hasExtension(OptionsProto.task)) {
      Queue<?> queue = Queue.of(prototype);
      add(new Known(queue.name(), queue.owner(), TaskDesk.KEPT_IN_LOG, type));
    } else {
      Topic<?> topic = Topic.of(prototype);
      add(new Known(topic.name(), topic.owner(), topic.retention(), type));
    }
  }

  private void add(Known known) {
    types.put(known.name, known);
  }

  static Message redacted(Message message) {
    Message.Builder builder = message.toBuilder();
    message
        .getAllFields()
        .forEach((field, value) -> {
          if (field.getOptions().getDebugRedact()) {
            builder.clearField(field);
          } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            builder.setField(field, redacted(field, value));
          }
        });
    return builder.build();
  }

  private static Object redacted(FieldDescriptor field, Object value) {
    return field.isRepeated()
        ? ((List<?>) value).stream().map(each -> redacted((Message) each)).toList()
        : redacted((Message) value);
  }
}
