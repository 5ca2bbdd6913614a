package dev.concordat.bench.spring;

/// The message.
record Echo(String text) {}
