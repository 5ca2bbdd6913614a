/// Calls over HTTP and JSON, as a contract's `google.api.http` rules say: for services that speak
/// no gRPC, above all other companies'.
@NullMarked
package dev.concordat.calls.rest;

import org.jspecify.annotations.NullMarked;
