package dev.concordat.bench.drill.events;

import dev.concordat.bench.drill.OwnProcess;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// The processes of a drill.
///
/// Threads: safe for many.
final class Cast implements AutoCloseable {
  /// Starting needs the database, which may be what is in trouble; whoever runs services tries
  /// again too.
  private static final int TRIES = 10;

  private static final int ALL_AT_ONCE = 100;

  private final Scene scene;
  private final Path folder;
  private final List<Member> members = new CopyOnWriteArrayList<>();

  /// @param folder for their logs
  Cast(Scene scene, Path folder) {
    this.scene = scene;
    this.folder = folder;
  }

  /// One process.
  ///
  /// @param said lines after the first one
  record Member(Role role, OwnProcess process, BlockingQueue<String> said) {
    @Override
    public String toString() {
      return role.words() + " " + process.pid();
    }
  }

  /// Starts one of each, at the same time.
  void enter(List<Role> roles) {
    Fanout.each(roles, this::enter);
  }

  Member enter(Role role) {
    for (int tries = 1; ; tries++) {
      try {
        BlockingQueue<String> said = new LinkedBlockingQueue<>();
        Member member = new Member(role, start(role, said::add), said);
        members.add(member);
        return member;
      } catch (Failure e) {
        if (tries == TRIES) {
          throw e;
        }
      }
    }
  }

  private OwnProcess start(Role role, Consumer<String> said) {
    List<String> words = new ArrayList<>(List.of(role.name()));
    words.addAll(scene.words());
    return OwnProcess.start(RoleProcess.class, folder.resolve(role.words() + ".log"), said, words);
  }

  /// Sets the clock of a process.
  void shift(Member member, Duration by) {
    member.process().tell("shift " + by);
  }

  List<Member> members() {
    return List.copyOf(members);
  }

  List<Member> of(Role role) {
    return members.stream().filter(member -> member.role() == role).toList();
  }

  /// SIGKILL.
  void kill(Member member) {
    members.remove(member);
    member.process().kill();
  }

  /// SIGTERM, as an orchestrator does it.
  ///
  /// @return whether it ended cleanly
  boolean leave(Member member) {
    members.remove(member);
    return member.process().terminate() == 0;
  }

  /// SIGTERM to all of these at the same time.
  ///
  /// @return whether they ended cleanly
  boolean leave(Predicate<Member> which) {
    List<Member> leaving = members.stream().filter(which).toList();
    return Fanout.each(leaving, ALL_AT_ONCE, this::leave).stream().allMatch(clean -> clean);
  }

  /// Whether anybody has ended by itself.
  boolean complete() {
    return members.stream().allMatch(member -> member.process().alive());
  }

  @Override
  public void close() {
    members.forEach(member -> member.process().close());
  }
}
