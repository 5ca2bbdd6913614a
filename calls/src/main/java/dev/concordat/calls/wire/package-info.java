/// What carries one attempt of a call to one instance: the seam between the steps of a call and the
/// protocols (gRPC, REST).
@NullMarked
package dev.concordat.calls.wire;

import org.jspecify.annotations.NullMarked;
