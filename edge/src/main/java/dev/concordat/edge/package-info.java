/// The gateway: REST for the outside, calls to the inside. Routes, bodies and errors all come from
/// the contracts; nothing is configured twice.
@NullMarked
package dev.concordat.edge;

import org.jspecify.annotations.NullMarked;
