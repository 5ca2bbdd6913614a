/// What the promises say about histories, and nothing else: knows no table, no log and no cursor of
/// Concordat, so that it can be wrong about none of them.
@NullMarked
package dev.concordat.bench.promises;

import org.jspecify.annotations.NullMarked;
