/// Which instance is asked, decided purely: driven by a clock and random numbers, without threads
/// or sockets, so that a simulation runs exactly what production runs.
@NullMarked
package dev.concordat.calls.balance;

import org.jspecify.annotations.NullMarked;
