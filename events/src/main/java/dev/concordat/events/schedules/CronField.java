package dev.concordat.events.schedules;

import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/// One field of a schedule.
///
/// @param any whether it began with `*`, and so restricts only the rhythm
/// @param allowed the numbers it allows
record CronField(boolean any, BitSet allowed) {
  static CronField parse(String text, int least, int most, List<String> names) {
    BitSet allowed = new BitSet();
    for (String part : text.split(",", -1)) {
      add(part, least, most, names, allowed);
    }
    return new CronField(text.startsWith("*"), allowed);
  }

  boolean has(int number) {
    return allowed.get(number);
  }

  Iterable<Integer> values() {
    return allowed.stream().boxed().toList();
  }

  private static void add(String part, int least, int most, List<String> names, BitSet allowed) {
    String[] stepped = part.split("/", -1);
    String range = stepped[0];
    int step = stepped.length == 1 ? 1 : number(stepped[1], 1, most, List.of(), part);
    int from = least;
    int to = most;
    if (!range.equals("*")) {
      String[] ends = range.split("-", -1);
      from = number(ends[0], least, most, names, part);
      to = ends.length > 1 ? number(ends[1], least, most, names, part) : from;
      to = ends.length == 1 && stepped.length > 1 ? most : to;
      if (ends.length > 2 || from > to) {
        throw wrong(part, least, most);
      }
    }
    if (stepped.length > 2) {
      throw wrong(part, least, most);
    }
    for (int number = from; number <= to; number += step) {
      allowed.set(number);
    }
  }

  private static int number(String text, int least, int most, List<String> names, String part) {
    int named = names.indexOf(text.toLowerCase(Locale.ROOT));
    if (named >= 0) {
      return named + least;
    }
    if (!text.matches("[0-9]{1,2}")) {
      throw wrong(part, least, most);
    }
    int number = Integer.parseInt(text);
    if (number < least || number > most) {
      throw wrong(part, least, most);
    }
    return number;
  }

  private static IllegalArgumentException wrong(String part, int least, int most) {
    return new IllegalArgumentException(
        "\""
            + part
            + "\" is no part of a schedule; expected *, a number from "
            + least
            + " to "
            + most
            + ", a range 1-5, or one of them with a step like */10");
  }
}
