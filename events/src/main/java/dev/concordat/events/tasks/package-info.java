/// Work that exactly one worker claims.
@NullMarked
package dev.concordat.events.tasks;

import org.jspecify.annotations.NullMarked;
