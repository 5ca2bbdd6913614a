package dev.concordat.calls;

import com.google.protobuf.Message;
import dev.concordat.core.Sink;

/// Where the answer of an arrived call goes.
interface Reply extends Sink<Message> {
  /// The work begins: from here on a failure no longer means that nothing was done.
  void handling();

  /// Sends an answer that was remembered, and says that it was.
  void replay(byte[] message);
}
