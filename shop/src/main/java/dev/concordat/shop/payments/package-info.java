/// Money for orders, taken and given back through a foreign payment company.
@NullMarked
package dev.concordat.shop.payments;

import org.jspecify.annotations.NullMarked;
