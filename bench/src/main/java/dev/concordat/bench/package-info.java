/// What Concordat costs, measured on the running system from outside.
@NullMarked
package dev.concordat.bench;

import org.jspecify.annotations.NullMarked;
