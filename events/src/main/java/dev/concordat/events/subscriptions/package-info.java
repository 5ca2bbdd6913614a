/// From the log to the handler: partitions shared by processes, lanes by key, marks, cursors, what
/// happens to a message that fails.
@NullMarked
package dev.concordat.events.subscriptions;

import org.jspecify.annotations.NullMarked;
