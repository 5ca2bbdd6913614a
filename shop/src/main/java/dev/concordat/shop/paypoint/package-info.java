/// A payment company, played: somebody else's system, reached over plain REST, with books of its
/// own.
@NullMarked
package dev.concordat.shop.paypoint;

import org.jspecify.annotations.NullMarked;
