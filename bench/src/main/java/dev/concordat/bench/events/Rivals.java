package dev.concordat.bench.events;

import dev.concordat.core.Failure;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Those who compete in one part.
///
/// Threads: one.
final class Rivals implements AutoCloseable {
  private final List<Rival> rivals = new ArrayList<>();

  private final Screen screen;

  private Rivals(Screen screen) {
    this.screen = screen;
  }

  static Rivals start(List<String> names, String role, Server server, Screen screen)
      throws IOException, SQLException {
    Rivals all = new Rivals(screen);
    for (String name : names) {
      screen.say("  %s", name);
      try {
        all.rivals.add(Rival.start(name, role, server));
      } catch (Failure e) {
        all.leaveOut(name, e);
      }
    }
    return all;
  }

  /// Somebody else's trouble does not end the measurement; it is told.
  private void leaveOut(String name, Failure why) {
    if (name.equals(Settings.OURS) || name.equals(Settings.FLOOR)) {
      close();
      throw why;
    }
    screen.say("  %s is LEFT OUT: %s", name, why.getMessage());
  }

  /// Each has its turn; who begins changes, so that nobody always comes after the same other.
  void inTurn(int round, Consumer<Rival> turn) {
    List<Rival> all = List.copyOf(rivals);
    for (int i = 0; i < all.size(); i++) {
      Rival rival = all.get((round + i) % all.size());
      try {
        turn.accept(rival);
      } catch (Failure e) {
        rivals.remove(rival);
        rival.close();
        leaveOut(rival.name(), e);
      }
    }
  }

  @Override
  public void close() {
    rivals.forEach(Rival::close);
  }
}
