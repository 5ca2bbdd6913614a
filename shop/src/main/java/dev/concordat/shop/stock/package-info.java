/// How many of each product there are, and whose they are.
@NullMarked
package dev.concordat.shop.stock;

import org.jspecify.annotations.NullMarked;
