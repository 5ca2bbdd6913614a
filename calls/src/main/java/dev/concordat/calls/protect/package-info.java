/// What keeps a service and its callers from harm, decided purely: driven by a clock, without
/// threads or sockets, so that a simulation runs exactly what production runs.
@NullMarked
package dev.concordat.calls.protect;

import org.jspecify.annotations.NullMarked;
