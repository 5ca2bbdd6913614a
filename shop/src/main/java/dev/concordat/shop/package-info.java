/// The reference system: the checkout of a shop that sells coffee.
@NullMarked
package dev.concordat.shop;

import org.jspecify.annotations.NullMarked;
