package dev.concordat.events.schedules;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// When something happens again and again: `minute hour day-of-month month day-of-week`, in a time
/// zone.
///
/// Each field is `*`, a number, a range `1-5`, a list `1,15`, any of them with a step (`*/10`,
/// `9-17/2`); months and days of the week may be named by three letters, Sunday is 0 or 7. When
/// both days are restricted, either is enough, as cron has it.
///
/// When the clocks change, the hours tell how it was meant. Named hours are times of the day: one
/// that is skipped happens at the moment of the change, one that comes twice happens the first
/// time. With `*` (or `*/n`) for the hour it is a rhythm, which goes on through the change.
///
/// Source: crontab(5), with the daylight saving rules of Vixie cron.
public final class Cron {
  private static final int YEARS = 28;
  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");

  private final String text;
  private final ZoneId zone;
  private final CronField minutes;
  private final CronField hours;
  private final CronField days;
  private final CronField months;
  private final CronField weekdays;

  private Cron(String text, ZoneId zone, String[] fields) {
    this.text = text;
    this.zone = zone;
    this.minutes = CronField.parse(fields[0], 0, 59, List.of());
    this.hours = CronField.parse(fields[1], 0, 23, List.of());
    this.days = CronField.parse(fields[2], 1, 31, List.of());
    this.months = CronField.parse(fields[3], 1, 12, MONTHS);
    this.weekdays = CronField.parse(fields[4], 0, 7, DAYS);
  }

  /// Reads it.
  ///
  /// @param text for example `0 3 * * *` for every night at three
  /// @throws IllegalArgumentException when it cannot be read, or never happens
  public static Cron of(String text, ZoneId zone) {
    String[] fields = text.trim().split("\\s+");
    if (fields.length != 5) {
      throw new IllegalArgumentException(
          "\""
              + text
              + "\" has "
              + fields.length
              + " fields; a schedule has five: minute hour day-of-month month day-of-week");
    }
    Cron cron = new Cron(String.join(" ", fields), zone, fields);
    var _ = cron.next(Instant.EPOCH);
    return cron;
  }

  /// As it was written, with single blanks.
  public String text() {
    return text;
  }

  public ZoneId zone() {
    return zone;
  }

  /// The first time after this one.
  public Instant next(Instant after) {
    LocalDate day = after.atZone(zone).toLocalDate();
    LocalDate last = day.plusYears(YEARS);
    while (!day.isAfter(last)) {
      if (matches(day)) {
        for (Instant time : times(day)) {
          if (time.isAfter(after)) {
            return time;
          }
        }
      }
      day = day.plusDays(1);
    }
    throw new IllegalArgumentException("\"" + text + "\" never happens: there is no such day");
  }

  private boolean matches(LocalDate day) {
    if (!months.has(day.getMonthValue())) {
      return false;
    }
    boolean date = days.has(day.getDayOfMonth());
    int number = day.getDayOfWeek().getValue();
    boolean weekday = weekdays.has(number) || (number == 7 && weekdays.has(0));
    return (days.any() || weekdays.any()) ? date && weekday : date || weekday;
  }

  private Iterable<Instant> times(LocalDate day) {
    TreeSet<Instant> times = new TreeSet<>();
    for (int hour : hours.values()) {
      for (int minute : minutes.values()) {
        times.addAll(instants(day.atTime(LocalTime.of(hour, minute))));
      }
    }
    return times;
  }

  private List<Instant> instants(LocalDateTime time) {
    List<ZoneOffset> offsets = zone.getRules().getValidOffsets(time);
    if (offsets.isEmpty()) {
      return hours.any() ? List.of() : List.of(zone.getRules().getTransition(time).getInstant());
    }
    List<Instant> instants = new ArrayList<>();
    instants.add(time.toInstant(offsets.getFirst()));
    if (hours.any() && offsets.size() > 1) {
      instants.add(time.toInstant(offsets.getLast()));
    }
    return instants;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cron cron && text.equals(cron.text) && zone.equals(cron.zone);
  }

  @Override
  public int hashCode() {
    return text.hashCode() * 31 + zone.hashCode();
  }

  @Override
  public String toString() {
    return text + " " + zone;
  }
}
