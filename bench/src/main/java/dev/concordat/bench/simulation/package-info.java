/// Calls in virtual time: the decisions of production, and of others, on the same simulated fleets.
@NullMarked
package dev.concordat.bench.simulation;

import org.jspecify.annotations.NullMarked;
