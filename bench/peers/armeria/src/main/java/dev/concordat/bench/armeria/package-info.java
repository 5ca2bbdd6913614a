/// Armeria's gRPC client and server, as its documentation shows them for blocking handlers.
@NullMarked
package dev.concordat.bench.armeria;

import org.jspecify.annotations.NullMarked;
