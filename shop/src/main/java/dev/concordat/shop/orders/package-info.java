/// The checkout: a cart becomes an order, which is confirmed or comes to nothing.
@NullMarked
package dev.concordat.shop.orders;

import org.jspecify.annotations.NullMarked;
