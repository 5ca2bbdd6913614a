package dev.concordat.events.schedules;

/// What happens to times that passed while no process was there.
public enum Missed {
  /// The task is asked for once, however many were missed.
  ONCE,
  /// They are left out; what is late by more than a minute counts as missed.
  NONE
}
