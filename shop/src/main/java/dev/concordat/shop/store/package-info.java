/// What every service of the shop needs to keep its books: statements, ids, times and sums.
@NullMarked
package dev.concordat.shop.store;

import org.jspecify.annotations.NullMarked;
