/// A Kafka of one node in a process of its own. Nothing else is on its class path, and it is on
/// nobody else's.
@NullMarked
package dev.concordat.kafka.broker;

import org.jspecify.annotations.NullMarked;
