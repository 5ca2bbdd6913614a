/// Events, tasks and the log, beside others on the same PostgreSQL.
@NullMarked
package dev.concordat.bench.events;

import org.jspecify.annotations.NullMarked;
