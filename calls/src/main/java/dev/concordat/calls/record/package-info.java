/// Why: what was decided about each call, by whom, and with what in hand. Written on the way of a
/// call without formatting anything; read when somebody asks.
@NullMarked
package dev.concordat.calls.record;

import org.jspecify.annotations.NullMarked;
