/// The service's database: connections, schema, failures.
@NullMarked
package dev.concordat.events.store;

import org.jspecify.annotations.NullMarked;
