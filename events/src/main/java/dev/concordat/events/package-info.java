/// Tell and go on: outbox, log, subscriptions, tasks and sagas on PostgreSQL.
@NullMarked
package dev.concordat.events;

import org.jspecify.annotations.NullMarked;
