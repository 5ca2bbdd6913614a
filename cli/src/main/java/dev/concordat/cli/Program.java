package dev.concordat.cli;

import dev.concordat.service.Plan;

/// What this command line runs.
///
/// @param plan the system
/// @param main the class whose `main` is this command line; processes of single parts start with it
record Program(Plan plan, Class<?> main) {}
