package dev.concordat.shop.receipts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.concordat.core.Clock;
import dev.concordat.core.Code;
import dev.concordat.core.Context;
import dev.concordat.core.Failure;
import dev.concordat.core.Observer;
import dev.concordat.core.TraceContext;
import dev.concordat.service.Databases;
import dev.concordat.service.Environment;
import dev.concordat.service.Running;
import dev.concordat.shop.mailserver.Mail;
import dev.concordat.shop.mailserver.MailServer;
import dev.concordat.shop.mailserver.Maildir;
import dev.concordat.shop.orders.v1.OrderConfirmed;
import dev.concordat.shop.orders.v1.OrderLine;
import dev.concordat.shop.receipts.ReceiptBook.Draft;
import dev.concordat.shop.store.Amounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PostOfficeTest {
  @TempDir Path folder;
  private Running server;
  private PostOffice office;

  @BeforeEach
  void open() throws IOException {
    server =
        MailServer.start(new Environment("mailserver", new Databases("", "jdbc:unused"), folder));
    office = new PostOffice("127.0.0.1:" + server.port(), Observer.NONE, Clock.SYSTEM);
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void receiptArrivesWithItsTrace() throws IOException {
    TraceContext trace = TraceContext.begin(RandomGenerator.getDefault());
    Context.root().withTrace(trace).run(() -> office.send(draft("ord-1")));
    Mail mail = Maildir.open(folder).mails().getFirst();
    assertThat(mail.to()).isEqualTo("ada@example.org");
    assertThat(mail.subject()).isEqualTo("Your order ord-1");
    assertThat(mail.body()).contains("2 x Yirgacheffe, 250 g").contains("Paid: 25.80 EUR");
    assertThat(mail.traceparent()).contains(trace.traceId());
  }

  @Test
  void receiptThatIsSentTwiceIsKeptOnce() throws IOException {
    office.send(draft("ord-1"));
    office.send(draft("ord-1"));
    office.send(draft("ord-2"));
    assertThat(Maildir.open(folder).mails())
        .extracting(Mail::messageId)
        .containsExactlyInAnyOrder(
            "<ord-1@receipts.shop.example>", "<ord-2@receipts.shop.example>");
  }

  @Test
  void mailsSurviveTheServersDeath() throws IOException {
    office.send(draft("ord-1"));
    close();
    open();
    office.send(draft("ord-1"));
    assertThat(Maildir.open(folder).mails()).hasSize(1);
  }

  @Test
  void serverThatIsGoneIsUnavailable() {
    server.close();
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> office.send(draft("ord-1")))
        .matches(failure -> failure.code() == Code.UNAVAILABLE);
  }

  private static Draft draft(String orderId) {
    return new Draft(
        "<" + orderId + "@receipts.shop.example>",
        OrderConfirmed.newBuilder()
            .setOrderId(orderId)
            .setEmail("ada@example.org")
            .addLines(
                OrderLine.newBuilder()
                    .setProductId("yirgacheffe-250g")
                    .setName("Yirgacheffe, 250 g")
                    .setQuantity(2)
                    .setUnitPrice(Amounts.of(1290, "EUR")))
            .setTotal(Amounts.of(2580, "EUR"))
            .build());
  }
}
