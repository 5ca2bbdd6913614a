package dev.concordat.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.edge.test.Book;
import dev.concordat.edge.test.LibraryProto;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// HTTP/2 frame by frame, with prior knowledge.
class Http2Test {
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;

  private final FakeLibrary library = new FakeLibrary();
  private final Edge edge =
      new Edge(
          List.of(LibraryProto.getDescriptor()),
          owner -> library,
          EdgeOptions.DEFAULT.withHost("127.0.0.1").withEventLoops(1));
  private int port;

  @BeforeEach
  void open() {
    port = edge.start(0);
    library.books.put("42", Book.newBuilder().setBookId("42").build());
  }

  @AfterEach
  void close() {
    edge.close();
  }

  @SuppressWarnings("ArrayRecordComponent") // Bytes that nobody compares.
  private record Frame(int type, int flags, int stream, byte[] payload) {}

  private static byte[] frame(int type, int flags, int stream, byte[] payload) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(payload.length >> 16);
    out.write(payload.length >> 8);
    out.write(payload.length);
    out.write(type);
    out.write(flags);
    for (int shift = 24; shift >= 0; shift -= 8) {
      out.write(stream >> shift);
    }
    out.writeBytes(payload);
    return out.toByteArray();
  }

  /// HPACK without table and without Huffman: `name=value` separated by spaces.
  private static byte[] block(String headers) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (String header : headers.split(" ", -1)) {
      int equals = header.indexOf('=', 1);
      byte[] name = header.substring(0, equals).getBytes(StandardCharsets.UTF_8);
      byte[] value = header.substring(equals + 1).getBytes(StandardCharsets.UTF_8);
      out.write(0);
      out.write(name.length);
      out.writeBytes(name);
      out.write(value.length);
      out.writeBytes(value);
    }
    return out.toByteArray();
  }

  private static RawSocket hello(int port) throws IOException {
    return new RawSocket(port)
        .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .write(frame(SETTINGS, 0, 0, new byte[0]));
  }

  private static Frame read(RawSocket socket) throws IOException {
    int[] head = new int[9];
    for (int i = 0; i < head.length; i++) {
      head[i] = socket.read();
      if (head[i] < 0) {
        return new Frame(-1, 0, 0, new byte[0]);
      }
    }
    byte[] payload = new byte[head[0] << 16 | head[1] << 8 | head[2]];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) socket.read();
    }
    int stream = (head[5] & 0x7f) << 24 | head[6] << 16 | head[7] << 8 | head[8];
    return new Frame(head[3], head[4], stream, payload);
  }

  /// The body of the answer, or what the server did instead: `RST_STREAM`, `GOAWAY`, `closed`.
  private static String answer(RawSocket socket) throws IOException {
    StringBuilder body = new StringBuilder();
    while (true) {
      Frame frame = read(socket);
      switch (frame.type()) {
        case DATA -> {
          body.append(new String(frame.payload(), StandardCharsets.UTF_8));
          if ((frame.flags() & END_STREAM) != 0) {
            return body.toString();
          }
        }
        case RST_STREAM -> {
          return body + "RST_STREAM";
        }
        case GOAWAY -> {
          return body + "GOAWAY";
        }
        case -1 -> {
          return body + "closed";
        }
        default -> {}
      }
    }
  }

  private String ask(String headers) throws IOException {
    try (RawSocket socket = hello(port)) {
      socket.write(frame(HEADERS, END_STREAM | END_HEADERS, 1, block(headers)));
      return answer(socket);
    }
  }

  @Test
  void aWellFormedRequestIsAnswered() throws IOException {
    assertThat(ask(":method=GET :scheme=http :path=/v1/books/42 :authority=edge"))
        .startsWith("{\"bookId\":\"42\"");
    assertThat(ask(":method=GET :scheme=http :path=/v1/books/42 :authority=edge host=edge"))
        .startsWith("{\"bookId\":\"42\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ":scheme=http :path=/v1/books/42 :authority=edge",
        ":method=GET :path=/v1/books/42 :authority=edge",
        ":method=GET :scheme=http :authority=edge",
        ":method=GET :scheme=http :path= :authority=edge",
        ":method=GET :scheme=http :path=/v1/books/42",
        ":method=GET :method=GET :scheme=http :path=/v1/books/42 :authority=edge",
        ":method=GET :scheme=http :scheme=http :path=/v1/books/42 :authority=edge",
        ":method=GET :scheme=http :path=/v1/books/42 :path=/v1/books/43 :authority=edge",
        ":method=GET :scheme=http :path=/v1/books/42 :authority=edge :authority=edge",
        ":method=GET :scheme=http :path=/v1/books/42 :authority=edge host=other",
        ":method=GET :scheme=http :path=/v1/books/42 host=a",
        ":method=GET :scheme=http :path=/v1/books/42 host=a host=b",
        ":method=GET :scheme=http :path=/v1/books/42 :authority=a host=a host=a",
        ":method=GET :scheme=http :path=/v1/books/42 :authority=edge :other=x",
        ":method=GET :scheme=http :path=/v1/books/42 :authority=edge :status=200",
        ":method=GET :scheme=http x=y :path=/v1/books/42 :authority=edge",
        ":method=GET :scheme=http :path=/v1/books/42 :authority=edge X-Upper=y",
        ":method=GET :scheme=http :path=/v1/books/42 :authority=edge connection=close",
        ":method=GET :scheme=http :path=/v1/books/42 :authority=edge transfer-encoding=chunked",
        ":method=GET :scheme=http :path=/v1/books/42 :authority=edge te=gzip",
        ":method=GET :scheme=http :path=http://edge/v1/books/42 :authority=edge",
        ":method=GET :scheme=http :path=/v1/books/42#x :authority=edge",
        ":method=GET :scheme=http :path=/v1/../v1/books/42 :authority=edge"
      })
  void aMalformedRequestDoesNotReachTheService(String headers) throws IOException {
    assertThat(ask(headers)).doesNotContain("bookId");
    assertThat(library.requests).isEmpty();
  }

  @Test
  void aContentLengthThatIsNotKeptDoesNotReachTheService() throws IOException {
    try (RawSocket socket = hello(port)) {
      String headers =
          ":method=POST :scheme=http :path=/v1/books/42:lend :authority=edge"
              + " content-type=application/json content-length=5";
      socket.write(frame(HEADERS, END_HEADERS, 1, block(headers)));
      socket.write(frame(DATA, END_STREAM, 1, "{}".getBytes(StandardCharsets.UTF_8)));
      assertThat(answer(socket)).doesNotContain("bookId");
    }
    assertThat(library.requests).isEmpty();
  }

  @Test
  void aFloodOfResetsEndsTheConnection() throws IOException {
    try (RawSocket socket = hello(port)) {
      byte[] headers = block(":method=GET :scheme=http :path=/v1/books/42 :authority=edge");
      for (int i = 0; i < 1_000; i++) {
        socket.write(frame(HEADERS, END_STREAM | END_HEADERS, 2 * i + 1, headers));
        socket.write(frame(RST_STREAM, 0, 2 * i + 1, new byte[] {0, 0, 0, 8}));
      }
      Frame frame = read(socket);
      while (frame.type() != GOAWAY && frame.type() != -1) {
        frame = read(socket);
      }
      assertThat(frame.type()).isIn(GOAWAY, -1);
    } catch (IOException e) {
      // The connection was reset while writing, which is an end too.
      assertThat(e).isNotNull();
    }
  }

  @Test
  void aFloodOfContinuationsEndsTheConnection() throws IOException {
    try (RawSocket socket = hello(port)) {
      socket.write(frame(HEADERS, END_STREAM, 1, block(":method=GET :scheme=http")));
      for (int i = 0; i < 1_000; i++) {
        socket.write(frame(CONTINUATION, 0, 1, block("x" + i + "=y")));
      }
      assertThat(answer(socket)).doesNotContain("bookId");
    } catch (IOException e) {
      // The connection was reset while writing, which is an end too.
      assertThat(e).isNotNull();
    }
    assertThat(library.requests).isEmpty();
  }

  @Test
  void aBodyOverTheLimitIsRefused() throws IOException {
    try (RawSocket socket = hello(port)) {
      String headers =
          ":method=POST :scheme=http :path=/v1/books/42:lend :authority=edge"
              + " content-type=application/json content-length=2000000";
      socket.write(frame(HEADERS, END_HEADERS, 1, block(headers)));
      assertThat(answer(socket)).contains("BODY_TOO_LARGE");
      socket.write(
          frame(
              HEADERS,
              END_STREAM | END_HEADERS,
              3,
              block(":method=GET :scheme=http :path=/v1/books/42 :authority=edge")));
      String next = answer(socket);
      assertThat(next.equals("RST_STREAM") ? answer(socket) : next).contains("bookId");
    }
  }
}
