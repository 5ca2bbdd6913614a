/// Whether a call that failed is tried again. Decisions only: nothing here waits or talks.
@NullMarked
package dev.concordat.calls.retry;

import org.jspecify.annotations.NullMarked;
