/// What the shop sells, and for how much.
@NullMarked
package dev.concordat.shop.pricing;

import org.jspecify.annotations.NullMarked;
