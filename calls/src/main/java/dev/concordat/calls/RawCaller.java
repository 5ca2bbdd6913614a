package dev.concordat.calls;

import dev.concordat.contract.Method;
import dev.concordat.core.Source;

/// Calls in bytes, for whoever translates instead of reading: the edge. The same steps as for a
/// generated client: deadline, retries, trace.
///
/// Threads: safe for many; every method blocks the calling (virtual) thread.
///
/// Failure: [dev.concordat.core.Failure], as for a generated client.
public interface RawCaller {
  /// One message up, one down.
  ///
  /// @param request the serialized request; not copied, so it is not written to afterwards
  Answer unary(Method<?, ?> method, byte[] request);

  /// One up, many down. The request is sent at once.
  Source<byte[]> serverStream(Method<?, ?> method, byte[] request);
}
