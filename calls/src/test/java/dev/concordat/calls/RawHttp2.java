package dev.concordat.calls;

import io.grpc.netty.shaded.io.netty.buffer.Unpooled;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.grpc.netty.shaded.io.netty.handler.codec.http2.Http2Exception;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// HTTP/2 by hand, to say what no library would say.
final class RawHttp2 implements AutoCloseable {
  static final int DATA = 0;
  static final int HEADERS = 1;
  static final int RST_STREAM = 3;
  static final int SETTINGS = 4;
  static final int PING = 6;
  static final int GOAWAY = 7;
  static final int CONTINUATION = 9;
  static final int END_STREAM = 1;
  static final int END_HEADERS = 4;

  private static final int FRAME = 16_000;
  private static final int PATIENCE_MILLIS = 20_000;

  private final Socket socket;
  private final OutputStream out;
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 65_536);

  RawHttp2(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MILLIS);
    out = new BufferedOutputStream(socket.getOutputStream());
    in = new DataInputStream(socket.getInputStream());
    out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    frame(SETTINGS, 0, 0, new byte[0]);
    out.flush();
  }

  /// The headers of a call as they should be.
  static Map<String, String> call(String path) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(":method", "POST");
    headers.put(":scheme", "http");
    headers.put(":path", path);
    headers.put(":authority", "localhost");
    headers.put("te", "trailers");
    headers.put("content-type", "application/grpc");
    return headers;
  }

  void headers(int stream, int flags, Map<String, String> headers) throws IOException {
    byte[] block = encode(headers);
    int first = Math.min(block.length, FRAME);
    boolean whole = first == block.length;
    frame(HEADERS, whole ? flags | END_HEADERS : flags, stream, Arrays.copyOf(block, first));
    for (int from = first; from < block.length; from += FRAME) {
      int to = Math.min(block.length, from + FRAME);
      int end = to == block.length ? END_HEADERS : 0;
      frame(CONTINUATION, end, stream, Arrays.copyOfRange(block, from, to));
    }
  }

  /// One message, and nothing more.
  void message(int stream, int compressed, byte[] message) throws IOException {
    ByteBuffer data = ByteBuffer.allocate(5 + message.length);
    data.put((byte) compressed).putInt(message.length).put(message);
    frame(DATA, END_STREAM, stream, data.array());
  }

  void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    out.write(payload.length >> 16);
    out.write(payload.length >> 8);
    out.write(payload.length);
    out.write(type);
    out.write(flags);
    out.write(ByteBuffer.allocate(4).putInt(stream).array());
    out.write(payload);
  }

  void flush() throws IOException {
    out.flush();
  }

  /// How a stream ended: what its last headers say; `reset`, `goaway` or `closed` when there are
  /// none.
  Map<String, String> outcome(int stream) throws IOException {
    Map<String, String> seen = new LinkedHashMap<>();
    try {
      flush();
      while (true) {
        int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int of = in.readInt();
        byte[] payload = in.readNBytes(length);
        if (type == GOAWAY) {
          seen.put("goaway", new String(payload, 8, length - 8, StandardCharsets.US_ASCII));
          return seen;
        }
        if (type == HEADERS) {
          decoder
              .decodeHeaders(of, Unpooled.wrappedBuffer(payload))
              .forEach(header -> {
                if (of == stream) {
                  seen.put(header.getKey().toString(), header.getValue().toString());
                }
              });
        }
        boolean last = type <= HEADERS && (flags & END_STREAM) != 0;
        if (of == stream && (type == RST_STREAM || last)) {
          seen.computeIfAbsent(type == RST_STREAM ? "reset" : "ended", _ -> "");
          return seen;
        }
      }
    } catch (EOFException | SocketException e) {
      seen.put("closed", "");
      return seen;
    } catch (Http2Exception e) {
      throw new IOException(e);
    }
  }

  /// Literal header fields that nobody indexes, without Huffman.
  static byte[] encode(Map<String, String> headers) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    headers.forEach((name, value) -> {
      block.write(0);
      text(block, name);
      text(block, value);
    });
    return block.toByteArray();
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    int rest = bytes.length - 127;
    block.write(Math.min(bytes.length, 127));
    while (rest >= 0) {
      block.write(rest >= 128 ? rest % 128 + 128 : rest);
      rest = rest >= 128 ? rest / 128 : -1;
    }
    block.writeBytes(bytes);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
