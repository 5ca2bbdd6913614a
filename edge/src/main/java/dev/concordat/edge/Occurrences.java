package dev.concordat.edge;

import java.util.Arrays;

/// Where each field of one message stands in its bytes. The wire may bring fields in any order,
/// torn apart and more than once; JSON wants each once and together. Nothing but positions is kept.
final class Occurrences {
  private static final int NONE = -1;

  private final int[] head;
  private final int[] tail;
  private int[] next = new int[16];
  private int[] position = new int[16];
  private int[] wireType = new int[16];
  private int size;

  Occurrences(Schema type, WireReader in) {
    head = new int[type.fields.size()];
    tail = new int[type.fields.size()];
    Arrays.fill(head, NONE);
    int[] chosen = new int[type.oneofs];
    Arrays.fill(chosen, NONE);
    while (in.more()) {
      int tag = in.tag();
      SchemaField field = type.numbered(tag >>> 3);
      if (field != null && accepts(field, tag & 7)) {
        if (field.oneof >= 0) {
          drop(chosen, field);
        }
        add(field.index, in.at, tag & 7);
      }
      in.skip(tag & 7);
    }
  }

  boolean has(SchemaField field) {
    return head[field.index] != NONE;
  }

  boolean once(SchemaField field) {
    return head[field.index] == tail[field.index];
  }

  int first(SchemaField field) {
    return head[field.index];
  }

  int last(SchemaField field) {
    return tail[field.index];
  }

  /// The next occurrence; negative after the last.
  int next(int occurrence) {
    return next[occurrence];
  }

  int position(int occurrence) {
    return position[occurrence];
  }

  boolean packed(int occurrence, SchemaField field) {
    return wireType[occurrence] == 2 && field.packable();
  }

  private static boolean accepts(SchemaField field, int wireType) {
    return wireType == field.wireType() || (field.repeated && field.packable() && wireType == 2);
  }

  /// The last member of a oneof wins.
  private void drop(int[] chosen, SchemaField field) {
    int before = chosen[field.oneof];
    if (before != NONE && before != field.index) {
      head[before] = NONE;
      tail[before] = NONE;
    }
    chosen[field.oneof] = field.index;
  }

  private void add(int field, int at, int type) {
    if (size == next.length) {
      next = Arrays.copyOf(next, size * 2);
      position = Arrays.copyOf(position, size * 2);
      wireType = Arrays.copyOf(wireType, size * 2);
    }
    position[size] = at;
    wireType[size] = type;
    next[size] = NONE;
    if (head[field] == NONE) {
      head[field] = size;
    } else {
      next[tail[field]] = size;
    }
    tail[field] = size++;
  }
}
