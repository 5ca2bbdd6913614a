/// What shoppers want to buy.
@NullMarked
package dev.concordat.shop.cart;

import org.jspecify.annotations.NullMarked;
