package dev.concordat.cli;

/// One measured number.
///
/// @param name for programs, for example `road.orders_per_s`
/// @param value the number
/// @param unit for example `1/s`, `ms`, `MB`; empty when it has none
public record Figure(String name, double value, String unit) {}
