/// What a call costs, side by side with what a team would use instead: `bench calls`.
@NullMarked
package dev.concordat.bench.calls;

import org.jspecify.annotations.NullMarked;
