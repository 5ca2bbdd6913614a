/// Picking what was ordered.
@NullMarked
package dev.concordat.shop.warehouse;

import org.jspecify.annotations.NullMarked;
