package dev.concordat.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// Lines for people, in columns that are as wide as what stands in them.
final class Table {
  private final List<String> head;
  private final List<Boolean> right;
  private final List<List<String>> rows = new ArrayList<>();

  private Table(List<String> head, List<Boolean> right) {
    this.head = head;
    this.right = right;
  }

  /// @param columns their names; those that begin with `>` stand to the right, as numbers do
  static Table of(String... columns) {
    return new Table(
        List.of(columns).stream().map(name -> name.replace(">", "")).toList(),
        List.of(columns).stream().map(name -> name.startsWith(">")).toList());
  }

  /// As many cells as columns.
  void add(String... cells) {
    rows.add(List.of(cells));
  }

  boolean isEmpty() {
    return rows.isEmpty();
  }

  /// The names of the columns and all lines.
  List<String> lines() {
    List<String> lines = new ArrayList<>(List.of(line(head)));
    rows.forEach(row -> lines.add(line(row)));
    return lines;
  }

  /// The lines, or one sentence when there are none.
  void print(PrintWriter out, String none) {
    if (isEmpty()) {
      out.println(none);
    } else {
      lines().forEach(out::println);
    }
    out.flush();
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      String blank = " ".repeat(Math.max(0, width(i) - cells.get(i).length()));
      line.append(right.get(i) ? blank + cells.get(i) : cells.get(i) + blank).append("  ");
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    int width = head.get(column).length();
    for (List<String> row : rows) {
      width = Math.max(width, row.get(column).length());
    }
    return width;
  }
}
