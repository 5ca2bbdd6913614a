/// What is asked for by the clock.
@NullMarked
package dev.concordat.events.schedules;

import org.jspecify.annotations.NullMarked;
