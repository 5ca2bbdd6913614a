/// From a committed transaction to the log: the rows it leaves, and the one process that carries
/// them on.
@NullMarked
package dev.concordat.events.outbox;

import org.jspecify.annotations.NullMarked;
