package dev.concordat.events.tasks;

/// How far a task is, as its handler said.
///
/// @param done so much of it
/// @param total all there is; zero when that is not known
/// @param note what is being done
public record TaskProgress(long done, long total, String note) {}
