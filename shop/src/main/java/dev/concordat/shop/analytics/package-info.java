/// What was sold, and when.
@NullMarked
package dev.concordat.shop.analytics;

import org.jspecify.annotations.NullMarked;
