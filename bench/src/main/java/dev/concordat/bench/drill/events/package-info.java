/// Drills of events, tasks and sagas: a till that tells, books that hear, each in several processes
/// on a real database, while there is trouble.
@NullMarked
package dev.concordat.bench.drill.events;

import org.jspecify.annotations.NullMarked;
