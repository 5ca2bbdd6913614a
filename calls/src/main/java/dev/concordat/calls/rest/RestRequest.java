package dev.concordat.calls.rest;

import java.util.Optional;

/// A request as HTTP has it.
///
/// @param verb for example `POST`
/// @param template the contract's path, low in cardinality
/// @param target path and query
/// @param json the body; empty when there is none
record RestRequest(String verb, String template, String target, Optional<String> json) {}
