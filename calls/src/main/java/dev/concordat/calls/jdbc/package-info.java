/// The little SQL that calls need: the registry and the memory for idempotency keys.
@NullMarked
package dev.concordat.calls.jdbc;

import org.jspecify.annotations.NullMarked;
