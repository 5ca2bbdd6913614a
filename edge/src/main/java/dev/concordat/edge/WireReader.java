package dev.concordat.edge;

/// Protobuf's wire format, read from a slice of bytes.
///
/// Failure: malformed bytes are [Undecodable].
final class WireReader {
  final byte[] in;
  int at;
  int end;

  WireReader(byte[] in, int from, int to) {
    this.in = in;
    this.at = from;
    this.end = to;
  }

  /// Another reader of the same slice, from here.
  WireReader copy() {
    return new WireReader(in, at, end);
  }

  boolean more() {
    return at < end;
  }

  int tag() {
    long tag = varint();
    int number = (int) (tag >>> 3);
    if (tag >>> 32 != 0 || number == 0) {
      throw Undecodable.because("a bad tag");
    }
    return (int) tag;
  }

  long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      if (at >= end) {
        throw Undecodable.because("cut short");
      }
      byte b = in[at++];
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw Undecodable.because("a bad varint");
  }

  int fixed32() {
    need(4);
    int value = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      value |= (in[at++] & 0xff) << shift;
    }
    return value;
  }

  long fixed64() {
    need(8);
    long value = 0;
    for (int shift = 0; shift < 64; shift += 8) {
      value |= (in[at++] & 0xffL) << shift;
    }
    return value;
  }

  /// The length of what follows, all of which is there.
  int length() {
    long length = varint();
    if (length < 0 || length > end - at) {
      throw Undecodable.because("cut short");
    }
    return (int) length;
  }

  /// Moves past a value of this wire type.
  void skip(int wireType) {
    switch (wireType) {
      case 0 -> varint();
      case 1 -> advance(8);
      case 2 -> advance(length());
      case 5 -> advance(4);
      default -> throw Undecodable.because("a group");
    }
  }

  private void advance(int bytes) {
    need(bytes);
    at += bytes;
  }

  private void need(int bytes) {
    if (end - at < bytes) {
      throw Undecodable.because("cut short");
    }
  }
}
