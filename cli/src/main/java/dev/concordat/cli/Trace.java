package dev.concordat.cli;

import dev.concordat.telemetry.Conversation;
import dev.concordat.telemetry.StoredSpan;
import dev.concordat.telemetry.Traces;
import dev.concordat.telemetry.Waterfall;
import dev.concordat.telemetry.WaterfallOptions;
import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.postgresql.ds.PGSimpleDataSource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat trace`: what happened to one order, hop by hop.
@Command(
    name = "trace",
    description = "Draws the conversation in which an order (or anything else with a key) appears.")
final class Trace implements Callable<Integer> {
  private static final int NARROW = 100;
  private static final int REDIRECTED = 160;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Parameters(
      paramLabel = "ID",
      description = "An order id, another key of a message, or a trace id (32 hex digits).")
  private String id = "";

  @Option(
      names = "--all",
      description = "Draw every conversation in which it appears, not only the first.")
  private boolean all;

  @Override
  public Integer call() {
    PGSimpleDataSource database = new PGSimpleDataSource();
    database.setUrl(data.system().sharedUrl());
    Traces traces = new Traces(database);
    List<StoredSpan> spans = traces.trace(id);
    if (!spans.isEmpty()) {
      draw(spans);
      return 0;
    }
    List<Conversation> conversations = traces.find(id);
    if (conversations.isEmpty()) {
      throw Refusal.because(
          "no trace knows " + id + "; spans appear about a second after they have ended");
    }
    conversations.stream()
        .limit(all ? Long.MAX_VALUE : 1)
        .forEach(conversation -> draw(traces.trace(conversation.traceId())));
    if (!all && conversations.size() > 1) {
      others(conversations.subList(1, conversations.size()));
    }
    return 0;
  }

  private void draw(List<StoredSpan> spans) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        Waterfall.render(
            spans,
            WaterfallOptions.DEFAULT.withWidth(width()).withCharset(Charset.defaultCharset())));
    out.flush();
  }

  /// A file has room for whole names; a terminal says how wide it is.
  private int width() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent()
        ? Math.max(NARROW, spec.commandLine().getUsageHelpWidth())
        : REDIRECTED;
  }

  private void others(List<Conversation> conversations) {
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    out.println("also in (concordat trace TRACE_ID, or --all):");
    conversations.forEach(other ->
        out.printf(
            "  %s  %s  %s (%d spans)%n",
            other.traceId(), other.began(), other.name(), other.spans()));
    out.flush();
  }
}
