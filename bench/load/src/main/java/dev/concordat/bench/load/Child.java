package dev.concordat.bench.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import org.HdrHistogram.Histogram;

/// One server or one client in a process of its own: `serve NAME`, or `ask NAME PORT`.
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
    PrintStream answers = System.out;
    System.setOut(System.err); // what libraries print is no answer
    Contender contender = Contender.named(args[1]);
    if (args[0].equals("serve")) {
      Serving server = contender.serve();
      answers.println("ok " + server.port());
      new Child(answers, words -> serving(server, words)).listen();
    } else {
      Asking client = contender.connect(Integer.parseInt(args[2]));
      List<AutoCloseable> stalled = new ArrayList<>();
      answers.println("ok");
      new Child(answers, words -> asking(client, stalled, words)).listen();
    }
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
      return "ok " + (words.getFirst().equals("heap") ? usedHeap() : commands.answer(words));
    } catch (Exception | LinkageError e) {
      e.printStackTrace();
      return "failed " + String.valueOf(e.getMessage()).replace('\n', ' ');
    }
  }

  private static String serving(Serving server, List<String> words) throws Exception {
    return switch (words.getFirst()) {
      case "sent" -> Long.toString(server.sent());
      default -> throw new IllegalArgumentException("unknown command " + words);
    };
  }

  private static String asking(Asking client, List<AutoCloseable> stalled, List<String> words)
      throws Exception {
    int number = words.size() > 1 ? Integer.parseInt(words.get(1)) : 0;
    return switch (words.getFirst()) {
      case "closed" -> counts(ClosedLoop.run(client, number, millis(words.get(2))));
      case "open" -> {
        OpenLoop loop = OpenLoop.run(client, number, millis(words.get(2)));
        yield counts(loop.tally()) + " " + encoded(loop.latencies());
      }
      case "stream" -> {
        long messages = client.stream(number);
        if (messages != number) {
          throw new IllegalStateException(messages + " messages came instead of " + number);
        }
        yield messages + " 0";
      }
      case "stall" -> {
        for (int i = 0; i < number; i++) {
          stalled.add(client.stall());
        }
        yield Integer.toString(number);
      }
      case "release" -> {
        for (AutoCloseable stream : stalled) {
          stream.close();
        }
        stalled.clear();
        yield "";
      }
      default -> throw new IllegalArgumentException("unknown command " + words);
    };
  }

  private static String counts(Tally tally) {
    return tally.good() + " " + tally.failed();
  }

  private static Duration millis(String word) {
    return Duration.ofMillis(Long.parseLong(word));
  }

  private static String encoded(Histogram histogram) {
    ByteBuffer bytes = ByteBuffer.allocate(histogram.getNeededByteBufferCapacity());
    int length = histogram.encodeIntoCompressedByteBuffer(bytes);
    return Base64.getEncoder().encodeToString(Arrays.copyOf(bytes.array(), length));
  }

  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  /// What can be asked of a child.
  private interface Commands {
    String answer(List<String> words) throws Exception;
  }
}
