package dev.concordat.shop.pricing;

import dev.concordat.shop.pricing.v1.Product;
import dev.concordat.shop.store.Amounts;
import dev.concordat.shop.store.Sql;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;

/// The products in the database.
final class ProductRange {
  private static final String PAGE =
      """
      select product_id, name, description, category, price_minor, currency
      from product
      where product_id > ? and (? = '' or category = ?)
      order by product_id
      limit ?
      """;
  private static final String IN_THE_ORDER_ASKED =
      """
      select product_id, name, description, category, price_minor, currency
      from unnest(?) with ordinality as asked (product_id, place)
      join product using (product_id)
      order by place
      """;

  private final DataSource database;

  ProductRange(DataSource database) {
    this.database = database;
  }

  List<Product> page(String category, String after, int limit) {
    return Sql.all(database, ProductRange::product, PAGE, after, category, category, limit);
  }

  Optional<Product> find(String productId) {
    return all(List.of(productId)).stream().findFirst();
  }

  List<Product> all(List<String> productIds) {
    return Sql.all(
        database,
        ProductRange::product,
        IN_THE_ORDER_ASKED,
        (Object) productIds.toArray(new String[0]));
  }

  private static Product product(ResultSet row) throws SQLException {
    return Product.newBuilder()
        .setProductId(row.getString("product_id"))
        .setName(row.getString("name"))
        .setDescription(row.getString("description"))
        .setCategory(row.getString("category"))
        .setUnitPrice(Amounts.of(row.getLong("price_minor"), row.getString("currency")))
        .build();
  }
}
