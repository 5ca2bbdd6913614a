package dev.concordat.cli;

import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import dev.concordat.contract.Caller;
import dev.concordat.contract.Method;
import dev.concordat.core.Background;
import dev.concordat.core.Code;
import dev.concordat.core.Exchange;
import dev.concordat.core.Failure;
import dev.concordat.core.Sink;
import dev.concordat.core.Source;
import dev.concordat.core.Upload;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// One call in JSON, in whichever of the four shapes the method has.
final class JsonCall {
  private final Caller caller;
  private final Method<DynamicMessage, DynamicMessage> method;
  private final PrintWriter out;

  JsonCall(Caller caller, Method<DynamicMessage, DynamicMessage> method, PrintWriter out) {
    this.caller = caller;
    this.method = method;
    this.out = out;
  }

  /// Calls and prints what is answered.
  ///
  /// @throws dev.concordat.core.Failure when the call fails, or the JSON is no request
  void run(String json) {
    switch (method.shape()) {
      case UNARY -> out.println(text(caller.unary(method, message(json))));
      case SERVER_STREAMING -> {
        try (Source<DynamicMessage> source = caller.serverStream(method, message(json))) {
          source.forEach(this::line);
        }
      }
      case CLIENT_STREAMING -> {
        try (Upload<DynamicMessage, DynamicMessage> upload = caller.clientStream(method)) {
          sendAll(json, upload);
          out.println(text(upload.finish()));
        }
      }
      case BIDIRECTIONAL -> {
        try (Exchange<DynamicMessage, DynamicMessage> exchange = caller.bidirectional(method);
            Background sending = new Background("call")) {
          sending.start(
              "send",
              () -> {
                sendAll(json, exchange);
                exchange.finish();
              });
          exchange.forEach(this::line);
        }
      }
    }
    out.flush();
  }

  private void sendAll(String json, Sink<DynamicMessage> sink) {
    split(json).forEach(one -> sink.send(message(one)));
  }

  private DynamicMessage message(String json) {
    DynamicMessage.Builder builder = method.request().newBuilderForType();
    try {
      JsonFormat.parser().merge(json, builder);
      return builder.build();
    } catch (InvalidProtocolBufferException e) {
      String type = method.request().getDescriptorForType().getFullName();
      throw Failure.of(Code.INVALID_ARGUMENT, "the JSON is no " + type + ": " + e.getMessage(), e);
    }
  }

  private void line(Message message) {
    out.println(print(JsonFormat.printer().omittingInsignificantWhitespace(), message));
    out.flush();
  }

  private static String text(Message message) {
    return print(JsonFormat.printer(), message);
  }

  private static String print(JsonFormat.Printer printer, Message message) {
    try {
      return printer.print(message);
    } catch (InvalidProtocolBufferException e) {
      throw Refusal.because("the answer cannot be shown as JSON: " + e.getMessage(), e);
    }
  }

  /// One JSON object after the other, with anything white or a comma between them.
  static List<String> split(String json) {
    List<String> objects = new ArrayList<>();
    int depth = 0;
    int begin = 0;
    boolean quoted = false;
    for (int i = 0; i < json.length(); i++) {
      char c = json.charAt(i);
      if (quoted) {
        i += c == '\\' ? 1 : 0;
        quoted = c != '"';
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{') {
        begin = depth == 0 ? i : begin;
        depth++;
      } else if (c == '}') {
        depth--;
        if (depth == 0) {
          objects.add(json.substring(begin, i + 1));
        }
      }
    }
    return objects;
  }
}
