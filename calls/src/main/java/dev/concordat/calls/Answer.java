package dev.concordat.calls;

/// The answer of a call in bytes, as it stood on the wire.
///
/// @param message the serialized message; not copied, so it is read and not written
/// @param replayed true when the service did not do the work again but gave the answer it had
///   remembered for this idempotency key
@SuppressWarnings("ArrayRecordComponent") // Bytes on their way through: nobody compares them.
public record Answer(byte[] message, boolean replayed) {}
