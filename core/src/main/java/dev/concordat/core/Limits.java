package dev.concordat.core;

/// The sizes at which every door says no.
///
/// @param messageBytes the largest message in or out, in bytes; default 4 MiB
/// @param headerBytes all metadata of one call together, in bytes; default 16 KiB
/// @param baggageBytes all baggage of one conversation together, in bytes; default 8 KiB (W3C
///   Baggage)
/// @param keyLength the longest idempotency key, in characters; default 200
/// @param concurrentCalls calls that one server works on at once; default 1,000
/// @param streamBuffer messages of one stream that wait unread; default 16
public record Limits(
    int messageBytes,
    int headerBytes,
    int baggageBytes,
    int keyLength,
    int concurrentCalls,
    int streamBuffer) {
  /// The defaults named above.
  public static final Limits DEFAULT =
      new Limits(4 * 1024 * 1024, 16 * 1024, 8 * 1024, 200, 1_000, 16);

  /// Checks that every limit lets something through.
  public Limits {
    positive("messageBytes", messageBytes);
    positive("headerBytes", headerBytes);
    positive("baggageBytes", baggageBytes);
    positive("keyLength", keyLength);
    positive("concurrentCalls", concurrentCalls);
    positive("streamBuffer", streamBuffer);
  }

  /// The same with another size of messages, in bytes.
  public Limits withMessageBytes(int messageBytes) {
    return new Limits(
        messageBytes, headerBytes, baggageBytes, keyLength, concurrentCalls, streamBuffer);
  }

  /// The same with another size of metadata, in bytes.
  public Limits withHeaderBytes(int headerBytes) {
    return new Limits(
        messageBytes, headerBytes, baggageBytes, keyLength, concurrentCalls, streamBuffer);
  }

  /// The same with another size of baggage, in bytes.
  public Limits withBaggageBytes(int baggageBytes) {
    return new Limits(
        messageBytes, headerBytes, baggageBytes, keyLength, concurrentCalls, streamBuffer);
  }

  /// The same with another length of keys, in characters.
  public Limits withKeyLength(int keyLength) {
    return new Limits(
        messageBytes, headerBytes, baggageBytes, keyLength, concurrentCalls, streamBuffer);
  }

  /// The same with another number of calls at once.
  public Limits withConcurrentCalls(int concurrentCalls) {
    return new Limits(
        messageBytes, headerBytes, baggageBytes, keyLength, concurrentCalls, streamBuffer);
  }

  /// The same with another number of unread messages.
  public Limits withStreamBuffer(int streamBuffer) {
    return new Limits(
        messageBytes, headerBytes, baggageBytes, keyLength, concurrentCalls, streamBuffer);
  }

  private static void positive(String limit, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(limit + " must be at least 1, got " + value);
    }
  }
}
