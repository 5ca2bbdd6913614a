/// JobRunr on plain JDBC.
@NullMarked
package dev.concordat.bench.jobrunr;

import org.jspecify.annotations.NullMarked;
