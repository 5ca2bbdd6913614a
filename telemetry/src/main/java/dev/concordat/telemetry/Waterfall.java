package dev.concordat.telemetry;

import dev.concordat.telemetry.SpanTree.Node;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// One trace as text: a line for each span under what led to it, with service, beginning, duration
/// (both in ms) and a bar to scale; failures below their span; hops that nobody waited for marked
/// with an arrow. Long stretches in which nothing ran are cut out of the scale, and marked.
public final class Waterfall {
  private static final int MIN_SERVICE = "service".length();
  private static final int MAX_SERVICE = 12;
  private static final int NUMBERS = 20;
  private static final int GAPS = 4;
  private static final double MILLIS = 1e6;
  private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

  private static final Pattern PACKAGE = Pattern.compile("\\b(?:[a-z][a-z0-9_]*\\.)+(?=[A-Z])");

  private final SpanTree tree;
  private final WaterfallOptions options;
  private final Signs signs;
  private final List<Line> lines = new ArrayList<>();

  private Waterfall(List<StoredSpan> spans, WaterfallOptions options) {
    this.tree = SpanTree.of(spans);
    this.options = options;
    this.signs = options.unicode() ? Signs.UNICODE : Signs.ASCII;
  }

  /// Draws the spans of one trace; one line that says so when there are none.
  public static String render(List<StoredSpan> spans, WaterfallOptions options) {
    return spans.isEmpty() ? "no spans\n" : new Waterfall(spans, options).draw(spans);
  }

  private String draw(List<StoredSpan> spans) {
    tree.roots().forEach(root -> add(root, "", "", List.of()));
    List<String> services = spans.stream().map(StoredSpan::service).distinct().toList();
    Columns columns = columns(services);
    TimeAxis axis = TimeAxis.of(tree, columns.bar);
    StringBuilder text =
        new StringBuilder(
            "trace %s, began %s\n%s in all%s, %s, %s\n%s\n%s\n"
                .formatted(
                    spans.getFirst().place().traceId(),
                    tree.began().truncatedTo(ChronoUnit.MILLIS),
                    readable(tree.took()),
                    answered(),
                    counted(spans.size(), "span"),
                    counted(services.size(), "service"),
                    legend(axis),
                    columns.line("", "service", "at ms", "took ms", "").stripTrailing()));
    for (Line line : lines) {
      String drawn =
          switch (line) {
            case Note note -> cut(note.text, options.width());
            case Row row -> draw(row, columns, axis);
          };
      text.append(drawn.stripTrailing()).append('\n');
    }
    return text.toString();
  }

  /// When the one who asked had the answer, where more happened after it.
  private String answered() {
    Node first = tree.roots().getFirst();
    return first.async() || first.span().took().equals(tree.took())
        ? ""
        : ", answered after " + readable(first.span().took());
  }

  private String legend(TimeAxis axis) {
    return axis.cuts() == 0
        ? ""
        : "%s marks %s in which nothing ran, cut out of the scale: %s\n"
            .formatted(
                signs.cut,
                axis.cuts() == 1 ? "a time" : axis.cuts() + " times",
                readable(axis.cutOut()));
  }

  private String draw(Row row, Columns columns, TimeAxis axis) {
    return columns.line(
        cut(row.title, columns.title),
        cut(row.service, columns.service),
        millis(Duration.between(tree.began(), row.began)),
        millis(Duration.between(row.began, row.ended)),
        axis.bar(row.began, row.ended, signs.bar, signs.cut));
  }

  // The bars get what the titles leave, and at least a fifth of the width.
  private Columns columns(List<String> services) {
    int longest = services.stream().mapToInt(String::length).max().orElse(0);
    int service = Math.clamp(longest, MIN_SERVICE, MAX_SERVICE);
    int forBoth = options.width() - service - NUMBERS - GAPS;
    int needed =
        lines.stream().mapToInt(l -> l instanceof Row row ? row.title.length() : 0).max().orElse(0);
    int title = Math.min(needed, forBoth - options.width() / 5);
    return new Columns(title, service, forBoth - title);
  }

  /// @param prefix in front of the span's own line
  /// @param below in front of what is under it
  /// @param shown the keys that the lines of its causes have shown
  private void add(Node node, String prefix, String below, List<String> shown) {
    StoredSpan span = node.span();
    List<String> fresh = span.key().filter(key -> isNews(key, shown)).stream().toList();
    String title =
        prefix
            + (node.async() ? signs.async + " " : "")
            + name(span)
            + fresh.stream().map(key -> " [" + clean(key) + "]").findFirst().orElse("");
    lines.add(new Row(title, span.service(), node.began(), node.ended()));
    notes(node).forEach(note -> lines.add(new Note(below + "  " + note)));
    addChildren(node, below, Stream.concat(shown.stream(), fresh.stream()).toList());
  }

  /// The key of a step is that of its saga and the step's name, which the line says anyway.
  private static boolean isNews(String key, List<String> shown) {
    return shown.stream().noneMatch(known -> key.equals(known) || key.startsWith(known + "/"));
  }

  private void addChildren(Node node, String below, List<String> keys) {
    Map<String, List<Node>> alike = new LinkedHashMap<>();
    for (Node child : node.children()) {
      String name = child.span().service() + "\n" + child.span().name();
      alike.computeIfAbsent(name, any -> new ArrayList<>()).add(child);
    }
    // A line that stands for a single span would save nothing.
    alike.values().removeIf(same -> same.size() <= options.alike() + 1);
    List<List<Node>> rests =
        alike.values().stream().map(same -> same.subList(options.alike(), same.size())).toList();
    List<Node> single = new ArrayList<>(node.children());
    rests.forEach(single::removeAll);
    int left = single.size() + rests.size();
    for (Node child : single) {
      left--;
      String corner = left == 0 ? signs.last : signs.fork;
      add(child, below + corner, below + (left == 0 ? signs.blank : signs.pass), keys);
    }
    for (List<Node> rest : rests) {
      left--;
      lines.add(sum(below + (left == 0 ? signs.last : signs.fork), rest));
    }
  }

  private static Row sum(String prefix, List<Node> rest) {
    Node first = rest.getFirst();
    long failed = rest.stream().filter(node -> node.span().failure().isPresent()).count();
    int spans = rest.stream().mapToInt(Node::size).sum();
    String title =
        prefix
            + (rest.size() + " more " + name(first.span()))
            + (failed > 0 ? ", " + failed + " failed" : "")
            + (spans > rest.size() ? ", " + spans + " spans" : "");
    Instant ended =
        rest.stream().map(Node::lastEnd).max(Comparator.naturalOrder()).orElse(first.ended());
    return new Row(title, first.span().service(), first.began(), ended);
  }

  private List<String> notes(Node node) {
    List<String> notes = new ArrayList<>();
    node.span()
        .failure()
        .map(failed -> signs.failed + " " + failed.error() + " " + failed.message())
        .ifPresent(text -> notes.add(clean(text)));
    if (node.orphan()) {
      notes.add("(what led to it was not kept)");
    }
    if (node.moved()) {
      notes.add("(its clock is behind: moved to where it fits)");
    }
    return notes;
  }

  private String cut(String text, int width) {
    return text.length() <= width
        ? text
        : text.substring(0, width - signs.more.length()) + signs.more;
  }

  // The column beside it says whose call or event it is.
  private static String name(StoredSpan span) {
    return PACKAGE.matcher(clean(span.name())).replaceAll("");
  }

  // What others wrote must not move the cursor.
  private static String clean(String text) {
    return text.replaceAll("[\\p{Cntrl}\\s]+", " ");
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }

  private static String readable(Duration duration) {
    return duration.compareTo(TEN_SECONDS) < 0
        ? millis(duration) + " ms"
        : String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
  }

  private static String millis(Duration duration) {
    return String.format(Locale.ROOT, "%.1f", duration.toNanos() / MILLIS);
  }

  private record Columns(int title, int service, int bar) {
    String line(String title, String service, String at, String took, String bar) {
      String format = "%-" + this.title + "s  %-" + this.service + "s%10s%10s  %s";
      return String.format(format, title, service, at, took, bar);
    }
  }

  private sealed interface Line {}

  private record Row(String title, String service, Instant began, Instant ended) implements Line {}

  private record Note(String text) implements Line {}

  private record Signs(
      String fork,
      String last,
      String pass,
      String blank,
      String async,
      String failed,
      String bar,
      String cut,
      String more) {
    static final Signs UNICODE = new Signs("├─ ", "└─ ", "│  ", "   ", "⇢", "✗", "█", "┊", "…");
    static final Signs ASCII = new Signs("|- ", "`- ", "|  ", "   ", "~>", "x", "#", ":", "..");
  }
}
