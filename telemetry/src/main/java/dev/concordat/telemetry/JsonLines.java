package dev.concordat.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.concordat.core.Context;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/// One event, one line, one JSON object. Service and trace come from the context of the logging
/// thread, so an appender that hands events to another thread loses them.
final class JsonLines extends EncoderBase<ILoggingEvent> {
  private static final byte[] NOTHING = {};

  private final String process;

  JsonLines(String process) {
    this.process = process;
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    Context context = Context.current();
    Json line =
        new Json()
            .put("time", event.getInstant().toString())
            .put("level", event.getLevel().toString())
            .put("logger", event.getLoggerName())
            .put("message", String.valueOf(event.getFormattedMessage()))
            .put("service", context.service().orElse(process));
    context
        .trace()
        .ifPresent(trace -> line.put("trace_id", trace.traceId()).put("span_id", trace.spanId()));
    line.put("thread", event.getThreadName());
    fields(event, line);
    if (event.getThrowableProxy() != null) {
      line.put("exception", ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }

  private static void fields(ILoggingEvent event, Json line) {
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    boolean none = pairs == null || pairs.isEmpty();
    if (none && event.getMDCPropertyMap().isEmpty()) {
      return;
    }
    Json fields = new Json().putAll(event.getMDCPropertyMap());
    if (!none) {
      pairs.forEach(pair -> fields.put(pair.key, String.valueOf(pair.value)));
    }
    line.raw("fields", fields.toString());
  }
}
