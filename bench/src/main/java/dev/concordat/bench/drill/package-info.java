/// Trouble on purpose, with real processes and sockets: what the guarantees say must not be
/// noticed.
@NullMarked
package dev.concordat.bench.drill;

import org.jspecify.annotations.NullMarked;
