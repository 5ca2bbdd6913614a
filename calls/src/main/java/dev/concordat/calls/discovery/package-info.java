/// Where the instances of a service are: the [Resolver] interface and what stands behind it.
@NullMarked
package dev.concordat.calls.discovery;

import org.jspecify.annotations.NullMarked;
