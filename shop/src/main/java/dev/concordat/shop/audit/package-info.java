/// Whether the books of all services add up.
@NullMarked
package dev.concordat.shop.audit;

import org.jspecify.annotations.NullMarked;
