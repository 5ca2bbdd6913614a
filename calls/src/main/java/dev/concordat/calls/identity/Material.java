package dev.concordat.calls.identity;

/// What stands in the files at one moment.
record Material(OwnKey own, Roots roots) {}
