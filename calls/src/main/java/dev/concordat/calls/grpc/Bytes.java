package dev.concordat.calls.grpc;

import io.grpc.Drainable;
import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/// Messages cross gRPC as bytes, so that they are parsed and written on the caller's or the
/// handler's own thread and not on the event loop, and so that the edge never parses them at all.
public final class Bytes implements Marshaller<byte[]> {
  static final Bytes INSTANCE = new Bytes();
  public static final byte[] NONE = {};

  /// Stands for a message that was larger than the limit once it was unpacked. gRPC finds that out
  /// while it is read, and what is thrown here it would tell as a defect of ours.
  private static final byte[] TOO_LARGE = {0};

  private Bytes() {}

  /// Whether this stands for a message that was too large.
  @SuppressWarnings("ReferenceEquality") // No message is this very array.
  public static boolean tooLarge(byte[] message) {
    return message == TOO_LARGE;
  }

  @Override
  public InputStream stream(byte[] message) {
    return new Outgoing(message);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try (stream) {
      int known = stream.available();
      byte[] message = stream.readNBytes(known);
      if (message.length < known || stream.available() == 0) {
        return message;
      }
      byte[] rest = stream.readAllBytes();
      byte[] whole = new byte[message.length + rest.length];
      System.arraycopy(message, 0, whole, 0, message.length);
      System.arraycopy(rest, 0, whole, message.length, rest.length);
      return whole;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.RESOURCE_EXHAUSTED) {
        return TOO_LARGE;
      }
      throw e;
    } catch (IOException e) {
      throw Status.INTERNAL.withDescription("a message could not be read").asRuntimeException();
    }
  }

  /// gRPC copies any other stream through a buffer of 8 KiB that it makes for each message.
  private static final class Outgoing extends ByteArrayInputStream
      implements Drainable, KnownLength {
    Outgoing(byte[] message) {
      super(message);
    }

    @Override
    public int drainTo(OutputStream target) throws IOException {
      int length = available();
      transferTo(target);
      return length;
    }
  }
}
