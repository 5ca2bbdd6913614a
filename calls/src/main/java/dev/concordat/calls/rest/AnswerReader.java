package dev.concordat.calls.rest;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.calls.rest.ForeignErrors.Meaning;
import dev.concordat.calls.wire.OutgoingCall;
import dev.concordat.calls.wire.Reach;
import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Limits;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Reads one answer: the status first, then the message, or one after the other.
///
/// Threads: the caller's.
final class AnswerReader {
  private static final int EMPTY_IS_FINE_FROM = 201;

  private final OutgoingCall call;
  private final RestMethod.Chosen chosen;
  private final Terms terms;
  private final Arrival arrival;
  private @Nullable ResponseInfo head;
  private @Nullable Records records;
  private volatile Reach reach = Reach.HANDLER;
  private volatile boolean replayed;

  /// What answers are measured by.
  record Terms(ForeignErrors errors, Limits limits, Clock clock) {}

  AnswerReader(OutgoingCall call, RestMethod.Chosen chosen, Terms terms, Arrival arrival) {
    this.call = call;
    this.chosen = chosen;
    this.terms = terms;
    this.arrival = arrival;
  }

  /// How far the call came, once reading it has thrown a [Failure].
  Reach reach() {
    return reach;
  }

  boolean replayed() {
    return replayed;
  }

  /// The single answer.
  ///
  /// @throws Arrival.Broken when it was cut off
  byte[] one() throws Arrival.Broken, InterruptedException {
    ResponseInfo info = head();
    int status = info.statusCode();
    byte[] body = body(info);
    if (status < 200 || status >= 300) {
      String text = text(body);
      var answer = new ForeignAnswer(call.method(), status, info.headers(), text);
      Optional<Meaning> own = terms.errors().meaning(answer);
      if (own.isEmpty() || !(own.get() instanceof Meaning.Answer)) {
        throw refused(answer, own);
      }
    }
    return message(info, body);
  }

  /// The next message of a stream; empty at its end.
  ///
  /// @throws Arrival.Broken when it was cut off
  Optional<byte[]> next() throws Arrival.Broken, InterruptedException {
    if (records == null) {
      records = open(head());
    }
    try {
      Optional<Records.News> record = records.next();
      return record.isEmpty() ? Optional.empty() : Optional.of(message(record.get()));
    } catch (InvalidProtocolBufferException e) {
      throw unreadable(e);
    }
  }

  private Records open(ResponseInfo info) throws Arrival.Broken, InterruptedException {
    int status = info.statusCode();
    if (status < 200 || status >= 300) {
      String text = text(body(info));
      var answer = new ForeignAnswer(call.method(), status, info.headers(), text);
      throw refused(
          answer, terms.errors().meaning(answer).filter(own -> !(own instanceof Meaning.Answer)));
    }
    String type = mediaType(info);
    boolean known = type.isEmpty() || type.equals("text/event-stream") || json(type);
    if (status != 204 && !known) {
      throw notJson(type);
    }
    return new Records(arrival::piece, type, terms.limits().messageBytes());
  }

  private byte[] message(Records.News record) throws InvalidProtocolBufferException {
    boolean own = record.json().startsWith("{\"@error\"") || record.event().equals("error");
    boolean google =
        record.json().startsWith("{\"error\"")
            && call.method().descriptor().getOutputType().findFieldByName("error") == null;
    if (own || google) {
      Struct.Builder news = Struct.newBuilder();
      JsonText.check(record.json());
      JsonFormat.parser().merge(record.json(), news);
      Struct told = news.build();
      Struct error =
          told.containsFields("@error") ? told.getFieldsOrThrow("@error").getStructValue() : told;
      throw ErrorBody.read(error, Code.UNKNOWN)
          .map(read -> read.with(read.details().withDecidedBy("callee")))
          .orElseGet(() ->
              Failure.of(Code.UNKNOWN, call.method().owner() + " ended the stream with an error")
                  .with(Failure.Details.NONE.withDecidedBy("callee")));
    }
    return chosen.answer(record.json());
  }

  private ResponseInfo head() throws Arrival.Broken, InterruptedException {
    if (head != null) {
      return head;
    }
    ResponseInfo info = arrival.head();
    head = info;
    var seen = call.context().observation();
    seen.set("http.response.status_code", Integer.toString(info.statusCode()));
    seen.set("network.protocol.version", info.version() == HttpClient.Version.HTTP_2 ? "2" : "1.1");
    replayed = header(info, "Idempotency-Replayed").equals("true");
    long size = 0;
    for (Map.Entry<String, List<String>> one : info.headers().map().entrySet()) {
      for (String value : one.getValue()) {
        size += one.getKey().length() + value.length();
      }
    }
    if (size > terms.limits().headerBytes()) {
      throw tooLarge("the headers of the answer", size, terms.limits().headerBytes());
    }
    String coding = header(info, "Content-Encoding").toLowerCase(Locale.ROOT);
    if (!coding.isEmpty() && !coding.equals("identity")) {
      throw failure(
          Code.INTERNAL,
          call.method().owner() + " compressed its answer, although we accept none of that",
          "ANSWER_COMPRESSED");
    }
    return info;
  }

  private byte[] body(ResponseInfo info) throws Arrival.Broken, InterruptedException {
    int limit = terms.limits().messageBytes();
    long told = info.headers().firstValueAsLong("Content-Length").orElse(0);
    if (told > limit) {
      throw tooLarge("the answer", told, limit);
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream((int) told);
    Optional<ByteBuffer> piece = arrival.piece();
    while (piece.isPresent()) {
      byte[] bytes = new byte[piece.get().remaining()];
      piece.get().get(bytes);
      if (bytes.length > limit - body.size()) {
        throw tooLarge("the answer", (long) body.size() + bytes.length, limit);
      }
      body.writeBytes(bytes);
      piece = arrival.piece();
    }
    return body.toByteArray();
  }

  private byte[] message(ResponseInfo info, byte[] body) {
    if (body.length == 0) {
      return nothing(info.statusCode());
    }
    String type = mediaType(info);
    if (!type.isEmpty() && !json(type)) {
      throw notJson(type);
    }
    try {
      return chosen.answer(JsonText.utf8(body));
    } catch (InvalidProtocolBufferException e) {
      throw unreadable(e);
    }
  }

  /// "Created", "accepted" and "no content" may go without a body. "OK" may not, where the contract
  /// promises something: it could be an answer that was lost.
  private byte[] nothing(int status) {
    boolean promised = !call.method().descriptor().getOutputType().getFields().isEmpty();
    if (promised && status < EMPTY_IS_FINE_FROM) {
      throw failure(
          Code.INTERNAL,
          "%s answered %d without the body that its contract promises"
              .formatted(call.method().owner(), status),
          "ANSWER_UNREADABLE");
    }
    return new byte[0];
  }

  private Failure refused(ForeignAnswer answer, Optional<Meaning> own) {
    Refusal refusal = Refusal.of(answer, own, terms.clock());
    reach = refusal.reach();
    return ContractNames.of(refusal.failure(), call.method().descriptor().getInputType());
  }

  /// The text of an error; empty when it is none.
  private static String text(byte[] body) {
    try {
      return JsonText.utf8(body);
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }

  private static String mediaType(ResponseInfo info) {
    String type = header(info, "Content-Type");
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  private static boolean json(String type) {
    return type.equals("application/json")
        || type.equals("text/json")
        || type.endsWith("+json")
        || type.endsWith("ndjson")
        || type.endsWith("jsonl")
        || type.endsWith("json-lines");
  }

  private static String header(ResponseInfo info, String name) {
    return info.headers().firstValue(name).orElse("");
  }

  private Failure notJson(String type) {
    String shown = type.matches("[a-z0-9.+/-]{1,100}") ? type : "something else";
    return failure(
        Code.INTERNAL,
        "%s answered with %s, expected JSON".formatted(call.method().owner(), shown),
        "ANSWER_UNREADABLE");
  }

  private Failure unreadable(InvalidProtocolBufferException why) {
    return Failure.of(
            Code.INTERNAL, "the answer of " + call.method() + " is not what its contract says", why)
        .with(Failure.Details.NONE.withDecidedBy("wire").withReason("ANSWER_UNREADABLE"));
  }

  private static Failure tooLarge(String what, long bytes, int limit) {
    return failure(
        Code.RESOURCE_EXHAUSTED,
        "%s of %,d bytes is larger than the limit of %,d bytes".formatted(what, bytes, limit),
        "MESSAGE_TOO_LARGE");
  }

  private static Failure failure(Code code, String message, String reason) {
    return Failure.of(code, message)
        .with(Failure.Details.NONE.withDecidedBy("wire").withReason(reason));
  }
}
