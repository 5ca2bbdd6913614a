package dev.concordat.events.schedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  @Test
  void readsWhatCrontabReads() {
    assertThat(times("0 3 * * *", "2026-01-01T02:59:59Z", 2))
        .containsExactly("2026-01-01T03:00:00Z", "2026-01-02T03:00:00Z");
    assertThat(times("*/20 9-10 * * *", "2026-01-01T09:20:00Z", 4))
        .containsExactly(
            "2026-01-01T09:40:00Z",
            "2026-01-01T10:00:00Z",
            "2026-01-01T10:20:00Z",
            "2026-01-01T10:40:00Z");
    assertThat(times("0 0 1 jan,JUL *", "2026-01-01T00:00:00Z", 2))
        .containsExactly("2026-07-01T00:00:00Z", "2027-01-01T00:00:00Z");
    assertThat(times("0 0 * * 7", "2026-11-20T00:00:00Z", 1))
        .containsExactly("2026-11-22T00:00:00Z");
    assertThat(times("0 0 29 2 *", "2026-01-01T00:00:00Z", 1))
        .containsExactly("2028-02-29T00:00:00Z");
  }

  @Test
  void eitherDayIsEnoughWhenBothAreNamed() {
    assertThat(times("0 0 13 * fri", "2026-11-01T00:00:00Z", 3))
        .containsExactly("2026-11-06T00:00:00Z", "2026-11-13T00:00:00Z", "2026-11-20T00:00:00Z");
    assertThat(times("0 0 15 * mon", "2026-11-08T00:00:00Z", 2))
        .containsExactly("2026-11-09T00:00:00Z", "2026-11-15T00:00:00Z");
  }

  @Test
  void aNamedHourThatIsSkippedHappensAtTheChange() {
    assertThat(times("30 2 * * *", "2026-03-28T12:00:00Z", BERLIN, 2))
        .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
  }

  @Test
  void aNamedHourThatComesTwiceHappensTheFirstTime() {
    assertThat(times("30 2 * * *", "2026-10-24T12:00:00Z", BERLIN, 2))
        .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
  }

  @Test
  void aRhythmGoesOnThroughBothChanges() {
    assertThat(times("*/30 * * * *", "2026-03-29T00:30:00Z", BERLIN, 3))
        .containsExactly("2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z", "2026-03-29T02:00:00Z");
    assertThat(times("*/30 * * * *", "2026-10-25T00:00:00Z", BERLIN, 4))
        .containsExactly(
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T01:30:00Z",
            "2026-10-25T02:00:00Z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 8",
        "5-1 * * * *",
        "*/0 * * * *",
        "1-2-3 * * * *",
        "a * * * *",
        "1,, * * * *",
        "-1 * * * *",
        "*/5/5 * * * *",
        "0 0 30 2 *"
      })
  void refusesWhatIsNoSchedule(String text) {
    assertThatThrownBy(() -> Cron.of(text, ZoneOffset.UTC))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"");
  }

  private static List<String> times(String cron, String after, int count) {
    return times(cron, after, ZoneOffset.UTC, count);
  }

  private static List<String> times(String text, String after, ZoneId zone, int count) {
    Cron cron = Cron.of(text, zone);
    List<String> times = new ArrayList<>();
    Instant time = Instant.parse(after);
    for (int i = 0; i < count; i++) {
      time = cron.next(time);
      times.add(time.toString());
    }
    return times;
  }
}
