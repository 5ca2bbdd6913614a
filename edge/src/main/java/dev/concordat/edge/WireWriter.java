package dev.concordat.edge;

import java.util.Arrays;

/// Protobuf's wire format, written forwards in one pass. A nested message leaves one byte for its
/// length and is shifted when the length needs more: cheaper than sizing everything first, and at
/// worst (everything nested to the depth limit) each byte moves a hundred times.
final class WireWriter {
  private byte[] out;
  private int size;

  WireWriter(int capacity) {
    out = new byte[Math.max(32, capacity)];
  }

  byte[] toBytes() {
    return Arrays.copyOf(out, size);
  }

  int size() {
    return size;
  }

  boolean allZero(int from) {
    for (int i = from; i < size; i++) {
      if (out[i] != 0) {
        return false;
      }
    }
    return true;
  }

  void truncate(int to) {
    size = to;
  }

  void append(byte[] bytes, int from, int length) {
    need(length);
    System.arraycopy(bytes, from, out, size, length);
    size += length;
  }

  void tag(int number, int wireType) {
    varint((long) number << 3 | wireType);
  }

  void varint(long value) {
    need(10);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    out[size++] = (byte) rest;
  }

  void fixed32(int value) {
    need(4);
    for (int shift = 0; shift < 32; shift += 8) {
      out[size++] = (byte) (value >>> shift);
    }
  }

  void fixed64(long value) {
    need(8);
    for (int shift = 0; shift < 64; shift += 8) {
      out[size++] = (byte) (value >>> shift);
    }
  }

  void oneByte(int value) {
    need(1);
    out[size++] = (byte) value;
  }

  void bytes(byte[] bytes, int from, int to) {
    varint(to - from);
    append(bytes, from, to - from);
  }

  /// Leaves room for a length.
  ///
  /// @return what [#end] needs
  int begin() {
    need(1);
    return size++;
  }

  /// Writes the length of what came since.
  void end(int mark) {
    int length = size - mark - 1;
    int more = 0;
    for (int rest = length >>> 7; rest != 0; rest >>>= 7) {
      more++;
    }
    if (more > 0) {
      need(more);
      System.arraycopy(out, mark + 1, out, mark + 1 + more, length);
      size += more;
    }
    int rest = length;
    for (int i = 0; i < more; i++) {
      out[mark + i] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    out[mark + more] = (byte) rest;
  }

  private void need(int more) {
    if (out.length - size < more) {
      out = Arrays.copyOf(out, Math.max(out.length * 2, size + more));
    }
  }
}
