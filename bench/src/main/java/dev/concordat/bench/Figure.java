package dev.concordat.bench;

/// One measured value.
///
/// @param name dotted, for example `road.orders_per_s`
/// @param value the value
/// @param unit its unit, for example `ms`
public record Figure(String name, double value, String unit) {}
