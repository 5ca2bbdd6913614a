/// transaction-outbox on plain JDBC.
@NullMarked
package dev.concordat.bench.outbox;

import org.jspecify.annotations.NullMarked;
