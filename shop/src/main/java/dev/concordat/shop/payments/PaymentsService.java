package dev.concordat.shop.payments;

import dev.concordat.calls.rest.RestOptions;
import dev.concordat.service.Concordat;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.payments.v1.PaymentsApi;
import dev.concordat.shop.payments.v1.PaymentsOwner;
import dev.concordat.shop.payments.v1.ReconcilePayment;
import dev.concordat.shop.paypoint.v1.PaypointClient;

/// The payments service, put together.
public final class PaymentsService {
  private PaymentsService() {}

  /// Starts it.
  public static Running start(Environment environment) {
    var service = Concordat.service(PaymentsOwner.OWNER, environment);
    service.migrate(PaymentsService.class, "payments.sql");
    var paypoint =
        service.foreign(
            PaypointClient.FACTORY, RestOptions.plaintext().withErrors(new PaypointErrors()));
    var cashier = new Cashier(service, new PaymentBooks(service.database()), paypoint);
    service.implement(PaymentsApi.CONTRACT, cashier);
    service.work(ReconcilePayment.class, (task, lease) -> cashier.reconcile(task));
    return service.start();
  }
}
