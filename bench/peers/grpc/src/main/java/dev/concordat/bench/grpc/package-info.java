/// Bare grpc-java, as its examples show it: generated-style blocking stubs, handlers on virtual
/// threads, the manual flow control of its example for streams.
@NullMarked
package dev.concordat.bench.grpc;

import org.jspecify.annotations.NullMarked;
