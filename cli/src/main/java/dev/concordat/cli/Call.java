package dev.concordat.cli;

import com.google.protobuf.DynamicMessage;
import dev.concordat.calls.Calls;
import dev.concordat.contract.Catalog;
import dev.concordat.contract.Method;
import dev.concordat.core.Clock;
import dev.concordat.core.Context;
import dev.concordat.core.Deadline;
import dev.concordat.core.Failure;
import dev.concordat.core.Violation;
import dev.concordat.service.Plan;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat call`: JSON in, a call over gRPC, JSON out.
@Command(
    name = "call",
    description = "Calls a method of a running service; without one, lists them all.",
    footer = {
      "",
      "METHOD is a full name (shop.orders.v1.Orders/GetOrder) or the end of one (orders/getorder).",
      "A stream prints one message a line; what is sent up is one JSON object after the other.",
      "Example: concordat call pricing/getproduct '{\"productId\": \"...\"}'"
    })
final class Call implements Callable<Integer> {
  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Parameters(index = "0", arity = "0..1", paramLabel = "METHOD", description = "What to call.")
  private Optional<String> method = Optional.empty();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "JSON",
      defaultValue = "{}",
      description = "The request; @FILE reads a file, - reads the standard input. Default: {}.")
  private String json = "{}";

  @Option(
      names = "--deadline",
      paramLabel = "TIME",
      description = "How long the answer may take: 500ms, 2s, 1m. Default: as the contract says.")
  private Optional<String> deadline = Optional.empty();

  @Option(
      names = "--key",
      paramLabel = "KEY",
      description = "Idempotency key: the same key gets the same answer.")
  private Optional<String> key = Optional.empty();

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "Which service to ask. Default: the owner of the method.")
  private Optional<String> service = Optional.empty();

  @Option(
      names = "--as",
      paramLabel = "CALLER",
      defaultValue = "cli",
      description = "In whose name; contracts allow callers by it. Default: ${DEFAULT-VALUE}.")
  private String caller = "cli";

  Call(Plan plan) {
    this.plan = plan;
  }

  @Override
  public Integer call() {
    Services services = new Services(plan, data);
    Catalog catalog = Reflection.read(services.addresses(), services.tls(caller));
    PrintWriter out = spec.commandLine().getOut();
    if (method.isEmpty()) {
      list(catalog, out);
      return 0;
    }
    Method<DynamicMessage, DynamicMessage> chosen =
        MethodNames.find(catalog, method.get()).method();
    String target = service.orElseGet(chosen::owner);
    services.require(target);
    try (Calls calls = services.calls(caller)) {
      JsonCall call = new JsonCall(calls.caller(target), chosen, out);
      context().run(() -> call.run(request()));
      return 0;
    } catch (Failure e) {
      explain(e, spec.commandLine().getErr());
      return 1;
    }
  }

  private Context context() {
    Context context = Context.root();
    if (deadline.isPresent()) {
      Duration time = Times.parse(deadline.get());
      context = context.withDeadline(Deadline.after(time, Clock.SYSTEM));
    }
    return key.map(context::withIdempotencyKey).orElse(context);
  }

  private String request() {
    try {
      if (json.equals("-")) {
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
      }
      return json.startsWith("@") ? Files.readString(Path.of(json.substring(1))) : json;
    } catch (IOException e) {
      throw Refusal.because(json.substring(1) + " cannot be read: " + DataFolder.reason(e), e);
    }
  }

  private static void list(Catalog catalog, PrintWriter out) {
    catalog.methods().stream()
        .sorted(Comparator.comparing(MethodNames::name))
        .forEach(entry ->
            out.printf(
                "%-58s %s%n",
                MethodNames.name(entry),
                entry.routes().stream()
                    .map(route -> route.verb() + " " + route.path().text())
                    .collect(Collectors.joining(", "))));
    out.flush();
  }

  private static void explain(Failure e, PrintWriter err) {
    err.println("concordat: " + e.code() + ": " + e.message());
    Failure.Details details = e.details();
    if (!details.reason().isEmpty()) {
      err.println("  reason      " + details.reason());
    }
    if (!details.decidedBy().isEmpty()) {
      err.println("  decided by  " + details.decidedBy());
    }
    if (details.attempts() > 1) {
      err.println("  attempts    " + details.attempts());
    }
    for (Violation violation : details.violations()) {
      err.println("  " + violation.field() + ": " + violation.description());
    }
    err.flush();
  }
}
