package dev.concordat.calls.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A single value in a request, through nested messages.
///
/// @param name as the contract writes it, for example `book.book_id`
/// @param path from the request's own field to the value
record FieldAt(String name, List<FieldDescriptor> path) {
  FieldAt {
    path = List.copyOf(path);
  }

  /// @throws IllegalArgumentException when the name leads to no single scalar
  static FieldAt of(Descriptor request, String name) {
    List<FieldDescriptor> path = new ArrayList<>();
    Descriptor in = request;
    for (String part : name.split("\\.", -1)) {
      FieldDescriptor field = in == null ? null : in.findFieldByName(part);
      if (field == null || field.isRepeated()) {
        throw new IllegalArgumentException(
            request.getFullName() + " has no single scalar field " + name);
      }
      path.add(field);
      in = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE ? field.getMessageType() : null;
    }
    if (in != null) {
      throw new IllegalArgumentException(name + " is a message and has no place in a path");
    }
    return new FieldAt(name, path);
  }

  /// The value as text; empty when it was not set and could tell so.
  Optional<String> text(Message request) {
    Message in = request;
    for (FieldDescriptor step : path.subList(0, path.size() - 1)) {
      if (!in.hasField(step)) {
        return Optional.empty();
      }
      in = (Message) in.getField(step);
    }
    FieldDescriptor leaf = path.getLast();
    return leaf.hasPresence() && !in.hasField(leaf)
        ? Optional.empty()
        : Optional.of(UrlText.of(in.getField(leaf)));
  }

  /// Takes the value out, and messages that are empty without it.
  void clear(Message.Builder request) {
    clear(request, 0);
  }

  private void clear(Message.Builder in, int depth) {
    FieldDescriptor field = path.get(depth);
    if (depth == path.size() - 1) {
      in.clearField(field);
      return;
    }
    if (in.hasField(field)) {
      Message.Builder nested = ((Message) in.getField(field)).toBuilder();
      clear(nested, depth + 1);
      Message left = nested.build();
      if (left.getAllFields().isEmpty() && left.getUnknownFields().asMap().isEmpty()) {
        in.clearField(field);
      } else {
        in.setField(field, left);
      }
    }
  }
}
