/// Where messages stand after they were told: the seam to it, the envelope, and the log in
/// PostgreSQL.
@NullMarked
package dev.concordat.events.log;

import org.jspecify.annotations.NullMarked;
