/// The Kafka client with nothing around it, as a contestant.
@NullMarked
package dev.concordat.bench.kafka;

import org.jspecify.annotations.NullMarked;
