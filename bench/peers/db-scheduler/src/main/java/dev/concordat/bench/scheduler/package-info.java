/// db-scheduler on plain JDBC.
@NullMarked
package dev.concordat.bench.scheduler;

import org.jspecify.annotations.NullMarked;
