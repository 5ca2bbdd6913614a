package dev.concordat.bench.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A model of grpc-java's `OutlierDetectionLoadBalancer` after its source, both algorithms on, with
/// the values of gRFC A50: every 10 s; ejected for 30 s, each time 30 s more, 300 s at most; no
/// more than 10 % of the addresses, but always one; success rate 1.9 standard deviations below the
/// mean (5 hosts with 100 calls each), or 85 % failed (5 hosts, 50 calls).
///
/// Threads: one.
final class GrpcOutliers {
  private static final long INTERVAL = 10 * Timeline.SECOND;
  private static final long BASE = 30 * Timeline.SECOND;
  private static final long LONGEST = 300 * Timeline.SECOND;
  private static final double MOST_EJECTED = 0.10;
  private static final double DEVIATIONS = 1.9;
  private static final int HOSTS = 5;
  private static final int RATE_VOLUME = 100;
  private static final int PERCENTAGE_VOLUME = 50;
  private static final double FAILED = 0.85;

  private final Timeline timeline;
  private Map<Server, Tracker> trackers = new LinkedHashMap<>();

  GrpcOutliers(Timeline timeline) {
    this.timeline = timeline;
    timeline.after(INTERVAL, this::round);
  }

  /// These are the addresses from now on.
  void track(List<Server> instances) {
    Map<Server, Tracker> next = new LinkedHashMap<>();
    instances.forEach(
        instance -> next.put(instance, trackers.getOrDefault(instance, new Tracker())));
    trackers = next;
  }

  void count(Server instance, boolean ok) {
    Tracker tracker = trackers.get(instance);
    if (tracker != null) {
      tracker.count(ok);
    }
  }

  boolean ejected(Server instance) {
    Tracker tracker = trackers.get(instance);
    return tracker != null && tracker.ejected;
  }

  private void round() {
    trackers.values().forEach(Tracker::turn);
    bySuccessRate();
    byFailurePercentage();
    trackers.values().forEach(this::readmit);
    timeline.after(INTERVAL, this::round);
  }

  private void bySuccessRate() {
    List<Tracker> busy = withVolume(RATE_VOLUME);
    if (busy.size() < HOSTS) {
      return;
    }
    double mean = busy.stream().mapToDouble(Tracker::rate).average().orElse(1);
    double variance =
        busy.stream().mapToDouble(one -> Math.pow(one.rate() - mean, 2)).average().orElse(0);
    double required = mean - Math.sqrt(variance) * DEVIATIONS;
    for (Tracker one : busy) {
      if (full()) {
        return;
      }
      if (one.rate() < required) {
        eject(one);
      }
    }
  }

  private void byFailurePercentage() {
    List<Tracker> busy = withVolume(PERCENTAGE_VOLUME);
    if (busy.size() < HOSTS) {
      return;
    }
    for (Tracker one : busy) {
      if (full()) {
        return;
      }
      if (1 - one.rate() > FAILED) {
        eject(one);
      }
    }
  }

  private List<Tracker> withVolume(int calls) {
    List<Tracker> busy = new ArrayList<>();
    for (Tracker one : trackers.values()) {
      if (one.volume() >= calls) {
        busy.add(one);
      }
    }
    return busy;
  }

  private boolean full() {
    long ejected = trackers.values().stream().filter(one -> one.ejected).count();
    return ejected >= MOST_EJECTED * trackers.size();
  }

  private void eject(Tracker one) {
    one.ejected = true;
    one.since = timeline.nanos();
    one.times++;
  }

  private void readmit(Tracker one) {
    if (!one.ejected) {
      one.times = Math.max(0, one.times - 1);
    } else if (timeline.nanos() > one.since + Math.min(BASE * one.times, LONGEST)) {
      one.ejected = false;
    }
  }

  private static final class Tracker {
    private long good;
    private long bad;
    private long lastGood;
    private long lastBad;
    private boolean ejected;
    private long since;
    private int times;

    void count(boolean ok) {
      if (ok) {
        good++;
      } else {
        bad++;
      }
    }

    void turn() {
      lastGood = good;
      lastBad = bad;
      good = 0;
      bad = 0;
    }

    long volume() {
      return lastGood + lastBad;
    }

    double rate() {
      return (double) lastGood / volume();
    }
  }
}
