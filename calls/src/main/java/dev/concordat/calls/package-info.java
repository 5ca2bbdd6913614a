/// Ask and wait: servers and clients of a contract, discovery, balancing, retries and idempotency.
///
/// [dev.concordat.calls.Calls] asks, [dev.concordat.calls.CallServer] answers. A call is a chain of
/// small steps, composed on one page each: `ClientSteps` and `ServerSteps`. gRPC stays inside.
@NullMarked
package dev.concordat.calls;

import org.jspecify.annotations.NullMarked;
