/// The load that every contender of `bench calls` is put under. Each server and each client is a
/// process of its own, so this stands on the class path of all of them and knows none.
@NullMarked
package dev.concordat.bench.load;

import org.jspecify.annotations.NullMarked;
