/// The log on Kafka: topics for topics, transactions for appends, CloudEvents for strangers.
@NullMarked
package dev.concordat.kafka;

import org.jspecify.annotations.NullMarked;
