package dev.concordat.cli;

import dev.concordat.calls.Calls;
import dev.concordat.core.Clock;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import dev.concordat.service.Plan;
import dev.concordat.service.v1.CallRecord;
import dev.concordat.service.v1.ListCallsRequest;
import dev.concordat.service.v1.ListTargetsRequest;
import dev.concordat.service.v1.OperationsClient;
import dev.concordat.service.v1.TargetInstance;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `concordat calls`: the calls that services have made, and why they went as they did.
@Command(
    name = "calls",
    description = "Shows the latest calls between services, and why they went as they did.",
    footer = {
      "",
      "Each call has a line, and each of its attempts one below it: the instance, how busy and how",
      "fast that one was when it was chosen, and what came of it.",
      "Example: concordat calls orders --failed"
    })
final class CallsCommand implements Callable<Integer> {
  private static final Duration EVERY = Duration.ofSeconds(1);

  private final Plan plan;

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private DataOption data = new DataOption();

  @Parameters(
      arity = "0..1",
      paramLabel = "SERVICE",
      description = "Who has called. Default: every service.")
  private Optional<String> service = Optional.empty();

  @Option(names = "--failed", description = "Only calls that failed.")
  private boolean failed;

  @Option(
      names = "--slow",
      paramLabel = "TIME",
      description = "Only calls that took as long: 500ms, 2s, 1m.")
  private Optional<String> slow = Optional.empty();

  @Option(
      names = "--method",
      paramLabel = "NAME",
      description = "Only methods with this in their full name, in any case.")
  private String method = "";

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "20",
      description = "At most so many of each service. Default: ${DEFAULT-VALUE}.")
  private int limit = 20;

  @Option(names = "--watch", description = "Goes on with those that are made from now on.")
  private boolean watch;

  @Option(names = "--targets", description = "Shows how the instances stand that are called.")
  private boolean targets;

  @Option(names = "--json", description = "One JSON object a line.")
  private boolean json;

  CallsCommand(Plan plan) {
    this.plan = plan;
  }

  @Override
  public Integer call() throws InterruptedException {
    Services services = new Services(plan, data);
    service.ifPresent(services::require);
    PrintWriter out = spec.commandLine().getOut();
    List<String> asked =
        services.names().stream()
            .filter(it -> service.isEmpty() || service.get().equals(it))
            .toList();
    try (Calls calls = services.calls("cli")) {
      if (targets) {
        targets(asked, calls, out);
        return 0;
      }
      Map<String, Long> seen = new HashMap<>();
      boolean some = print(asked, calls, seen, out);
      if (!some && !watch && !json) {
        out.println("no such calls");
        out.flush();
      }
      while (watch) {
        Clock.SYSTEM.sleep(EVERY);
        print(asked, calls, seen, out);
      }
      return 0;
    }
  }

  private boolean print(List<String> asked, Calls calls, Map<String, Long> seen, PrintWriter out) {
    List<Made> made = new ArrayList<>();
    for (String caller : asked) {
      made.addAll(made(caller, calls, seen));
    }
    made.sort(Comparator.comparing(one -> CallLines.at(one.record().getBeganAt())));
    for (Made one : made) {
      if (json) {
        out.println(CallLines.json(one.caller(), one.record()));
      } else {
        CallLines.of(one.caller(), one.record()).forEach(out::println);
      }
    }
    out.flush();
    return !made.isEmpty();
  }

  private record Made(String caller, CallRecord record) {}

  private List<Made> made(String caller, Calls calls, Map<String, Long> seen) {
    ListCallsRequest.Builder request =
        ListCallsRequest.newBuilder()
            .setFailed(failed)
            .setMethod(method)
            .setLimit(Math.clamp(limit, 1, 2_000))
            .setAfter(seen.getOrDefault(caller, 0L));
    slow.map(Times::parse).map(CallLines::duration).ifPresent(request::setSlow);
    List<Made> made = new ArrayList<>();
    try (Source<CallRecord> records =
        new OperationsClient(calls.caller(caller)).listCalls(request.build())) {
      for (CallRecord record : records) {
        made.add(new Made(caller, record));
        seen.merge(caller, record.getNumber(), Math::max);
      }
    } catch (Failure failure) {
      if (!watch) {
        throw failure;
      }
      // It is being restarted: its calls are counted anew.
      seen.remove(caller);
    }
    return made;
  }

  private void targets(List<String> asked, Calls calls, PrintWriter out) {
    if (!json) {
      out.println(CallLines.TARGET_HEAD);
    }
    for (String caller : asked) {
      try (Source<TargetInstance> all =
          new OperationsClient(calls.caller(caller))
              .listTargets(ListTargetsRequest.getDefaultInstance())) {
        all.forEach(
            one -> out.println(json ? CallLines.json(caller, one) : CallLines.of(caller, one)));
      }
    }
    out.flush();
  }
}
