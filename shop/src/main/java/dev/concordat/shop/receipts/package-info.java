/// Receipts by e-mail.
@NullMarked
package dev.concordat.shop.receipts;

import org.jspecify.annotations.NullMarked;
