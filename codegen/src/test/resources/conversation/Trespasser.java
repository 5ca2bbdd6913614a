package conversation;

import dev.concordat.contract.Event;
import dev.concordat.golden.shadow.v1.OrderDeskOwner;
import dev.concordat.golden.v1.OrderPlaced;

/** Tells a fact that is somebody else's. */
public abstract class Trespasser {
  abstract void publish(Event<OrderDeskOwner> event);

  void trespass() {
    publish(OrderPlaced.getDefaultInstance());
  }
}
