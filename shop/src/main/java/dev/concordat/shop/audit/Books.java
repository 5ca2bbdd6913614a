package dev.concordat.shop.audit;

import dev.concordat.shop.analytics.v1.RevenueHour;
import dev.concordat.shop.mailserver.Mail;
import dev.concordat.shop.orders.v1.Order;
import dev.concordat.shop.payments.v1.Payment;
import dev.concordat.shop.payments.v1.StatementLine;
import dev.concordat.shop.receipts.v1.Receipt;
import dev.concordat.shop.stock.v1.Level;
import dev.concordat.shop.stock.v1.Movement;
import dev.concordat.shop.stock.v1.Reservation;
import dev.concordat.shop.warehouse.v1.Picking;
import java.util.List;

/// What every service says about itself, read at about the same time.
///
/// @param orders all orders
/// @param money what payments and the payment company say
/// @param goods what the stock says
/// @param post what receipts and the mail server say
/// @param pickings what the warehouse says
/// @param revenue what analytics says
public record Books(
    List<Order> orders,
    Money money,
    Goods goods,
    Post post,
    List<Picking> pickings,
    List<RevenueHour> revenue) {
  /// Copies the lists.
  public Books {
    orders = List.copyOf(orders);
    pickings = List.copyOf(pickings);
    revenue = List.copyOf(revenue);
  }

  /// What payments and the payment company say.
  public record Money(List<Payment> payments, List<StatementLine> statement) {
    /// Copies the lists.
    public Money {
      payments = List.copyOf(payments);
      statement = List.copyOf(statement);
    }
  }

  /// What the stock says.
  public record Goods(
      List<Level> levels, List<Reservation> reservations, List<Movement> movements) {
    /// Copies the lists.
    public Goods {
      levels = List.copyOf(levels);
      reservations = List.copyOf(reservations);
      movements = List.copyOf(movements);
    }
  }

  /// What receipts and the mail server say.
  public record Post(List<Receipt> receipts, List<Mail> mails) {
    /// Copies the lists.
    public Post {
      receipts = List.copyOf(receipts);
      mails = List.copyOf(mails);
    }
  }
}
