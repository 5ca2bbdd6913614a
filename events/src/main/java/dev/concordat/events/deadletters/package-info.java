/// Messages that were given up on.
@NullMarked
package dev.concordat.events.deadletters;

import org.jspecify.annotations.NullMarked;
