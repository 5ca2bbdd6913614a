/// Spans, metrics and logs: OpenTelemetry behind core's [dev.concordat.core.Observer], and the
/// local keeping of traces with their waterfall.
@NullMarked
package dev.concordat.telemetry;

import org.jspecify.annotations.NullMarked;
