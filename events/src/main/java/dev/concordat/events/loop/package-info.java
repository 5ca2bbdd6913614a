/// Loops that look for work and can be woken.
@NullMarked
package dev.concordat.events.loop;

import org.jspecify.annotations.NullMarked;
