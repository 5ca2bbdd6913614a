/// Spring Modulith's event publication registry on JDBC.
@NullMarked
package dev.concordat.bench.modulith;

import org.jspecify.annotations.NullMarked;
