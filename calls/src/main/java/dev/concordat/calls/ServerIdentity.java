package dev.concordat.calls;

import dev.concordat.calls.identity.Peer;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;

/// Says who calls. With mutual TLS that is the name in the caller's certificate, and a header that
/// says another is refused. Without it, the name in the header is believed: inside one system, on a
/// network of its own, it keeps honest services to the contract, and nobody else out.
///
/// For whom it is called, a verified token says.
final class ServerIdentity implements ServerStep {
  private final ServerStep next;
  private final Proof proof;

  ServerIdentity(ServerStep next, Proof proof) {
    this.next = next;
    this.proof = proof;
  }

  @Override
  public void serve(ArrivedCall call) {
    Context context = proof.tls().isPresent() ? proven(call) : call.context();
    context.caller().ifPresent(caller -> context.observation().set("concordat.caller", caller));
    next.serve(call.with(subject(context)));
  }

  /// A token that is there must be good, also where none is asked for: who sends a bad one should
  /// hear of it.
  private Context subject(Context context) {
    return proof
        .tokens()
        .flatMap(verifier -> context.bearer().map(verifier::verify))
        .map(context::withSubject)
        .orElse(context);
  }

  private static Context proven(ArrivedCall call) {
    Peer peer = call.peer().filter(Peer::believed).orElseThrow(ServerIdentity::unbelieved);
    String proven = peer.id().service();
    String said = call.context().caller().orElse(proven);
    if (!said.equals(proven)) {
      throw Failure.of(
              Code.PERMISSION_DENIED,
              "the call says it comes from %s, its certificate says %s".formatted(said, peer.id()))
          .with(Failure.Details.NONE.withDecidedBy("identity").withReason("CALLER_MISMATCH"));
    }
    return call.context().withCaller(proven);
  }

  static Failure unbelieved() {
    return Failure.of(
            Code.UNAUTHENTICATED, "the caller's certificate is not, or no longer, trusted here")
        .with(Failure.Details.NONE.withDecidedBy("identity").withReason("CERTIFICATE_NOT_TRUSTED"));
  }
}
