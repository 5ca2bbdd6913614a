package dev.concordat.bench.work;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.HdrHistogram.Histogram;

/// One contestant in a process of its own: `tell NAME URL`, `queue NAME URL` or `stream NAME URL
/// KAFKA`.
///
/// Its parent speaks to it in lines, one command and one answer at a time: `ok …` or `failed …`.
/// The child ends when its input ends, so also when the parent was killed.
public final class Child {
  private final PrintStream answers;
  private final Commands commands;

  private Child(PrintStream answers, Commands commands) {
    this.answers = answers;
    this.commands = commands;
  }

  /// Runs until the input ends.
  public static void main(String[] args) throws Exception {
    System.setProperty("logback.configurationFile", "dev/concordat/bench/work/quiet.xml");
    PrintStream answers = System.out;
    System.setOut(System.err); // what libraries print is no answer
    Contestant contestant = Contestant.named(args[1]);
    Stage stage = Stage.open(args[2], args.length > 3 ? args[3] : "");
    Commands commands =
        switch (args[0]) {
          case "tell" -> telling(contestant, stage);
          case "queue" -> queueing(contestant, stage);
          case "stream" -> streaming(contestant, stage);
          default -> throw new IllegalArgumentException("unknown part " + args[0]);
        };
    answers.println("ok");
    new Child(answers, commands).listen();
  }

  /// Commands run beside the reading, so that the end of the input is noticed at once.
  private void listen() throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      List<String> words = Arrays.asList(line.split(" ", -1));
      Thread.ofPlatform().daemon().start(() -> answers.println(answer(words)));
    }
    Runtime.getRuntime().halt(0);
  }

  private String answer(List<String> words) {
    try {
      return "ok " + commands.answer(words);
    } catch (Exception | LinkageError e) {
      e.printStackTrace();
      return "failed " + String.valueOf(e.getMessage()).replace('\n', ' ');
    }
  }

  /// `closed PUBLISHERS BACKLOG MILLIS PATIENCE`, `open RATE MILLIS PATIENCE`, `poison`.
  private static Commands telling(Contestant contestant, Stage stage) throws Exception {
    Ledger ledger = stage.ledger();
    Rounds rounds = new Rounds(contestant.telling(stage), ledger);
    return words ->
        switch (words.getFirst()) {
          case "closed" ->
              told(
                  rounds.closed(
                      number(words, 1), number(words, 2), millis(words, 3), millis(words, 4)),
                  ledger);
          case "open" ->
              told(rounds.open(number(words, 1), millis(words, 2), millis(words, 3)), ledger);
          case "poison" -> {
            ledger.poison();
            yield "";
          }
          default -> throw new IllegalArgumentException("unknown command " + words);
        };
  }

  private static String told(Rounds.Seen seen, Ledger ledger) {
    return "%d %d %d %d %s %s"
        .formatted(
            seen.told(),
            seen.inTime(),
            seen.lost(),
            ledger.duplicates(),
            encoded(ledger.fromCommit()),
            encoded(ledger.fromMeant()));
  }

  /// `fill TASKS`, `drain MILLIS`, `pace RATE MILLIS`.
  private static Commands queueing(Contestant contestant, Stage stage) throws Exception {
    Shifts shifts = new Shifts(contestant.queueing(stage), stage);
    return words ->
        switch (words.getFirst()) {
          case "fill" -> {
            shifts.fill(number(words, 1));
            yield "";
          }
          case "drain" -> pair(shifts.drain(millis(words, 1)));
          case "pace" ->
              pair(shifts.pace(number(words, 1), millis(words, 2)))
                  + " "
                  + encoded(stage.ledger().fromCommit());
          default -> throw new IllegalArgumentException("unknown command " + words);
        };
  }

  /// `fill EVENTS KEYS`, `read EVENTS SINCE MILLIS NAME…`.
  private static Commands streaming(Contestant contestant, Stage stage) throws Exception {
    Order order = Order.on(stage);
    Readings readings = new Readings(contestant.streaming(stage, order), order);
    return words ->
        switch (words.getFirst()) {
          case "fill" -> Long.toString(readings.fill(number(words, 1), number(words, 2)));
          case "read" ->
              readings.read(
                  number(words, 1),
                  Long.parseLong(words.get(2)),
                  millis(words, 3),
                  words.subList(4, words.size()));
          default -> throw new IllegalArgumentException("unknown command " + words);
        };
  }

  private static int number(List<String> words, int index) {
    return Integer.parseInt(words.get(index));
  }

  private static Duration millis(List<String> words, int index) {
    return Duration.ofMillis(Long.parseLong(words.get(index)));
  }

  private static String pair(long[] numbers) {
    return numbers[0] + " " + numbers[1];
  }

  private static String encoded(Histogram histogram) {
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(bytes);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
  }

  /// What can be asked of a child.
  private interface Commands {
    String answer(List<String> words) throws Exception;
  }
}
