package dev.concordat.calls;

import com.google.protobuf.Message;
import dev.concordat.core.Source;
import java.util.Optional;

/// Holds every message that arrives against the contract's rules. In a stream, the message that
/// breaks a rule fails the call where the handler would have taken it.
final class ServerValidate implements ServerStep {
  private final ServerStep next;
  private final Validation validation;

  ServerValidate(ServerStep next, Validation validation) {
    this.next = next;
    this.validation = validation;
  }

  @Override
  public void serve(ArrivedCall call) {
    call.request().ifPresent(validation::check);
    next.serve(call.served().takesStream() ? call.with(checked(call.in())) : call);
  }

  private Source<Message> checked(Source<Message> in) {
    return new Source<>() {
      @Override
      public Optional<Message> next() {
        Optional<Message> message = in.next();
        message.ifPresent(validation::check);
        return message;
      }

      @Override
      public void close() {
        in.close();
      }
    };
  }
}
