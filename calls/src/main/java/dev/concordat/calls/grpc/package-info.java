/// Calls on gRPC: messages, headers, status codes and failures as gRPC has them.
@NullMarked
package dev.concordat.calls.grpc;

import org.jspecify.annotations.NullMarked;
