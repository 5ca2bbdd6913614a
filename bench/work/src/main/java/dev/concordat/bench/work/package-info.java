/// The work that every messaging contender is given, and how it is counted.
@NullMarked
package dev.concordat.bench.work;

import org.jspecify.annotations.NullMarked;
