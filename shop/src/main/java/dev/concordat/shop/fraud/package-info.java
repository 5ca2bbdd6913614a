/// Whether an order smells.
@NullMarked
package dev.concordat.shop.fraud;

import org.jspecify.annotations.NullMarked;
