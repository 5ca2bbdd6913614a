package dev.concordat.shop.pricing;

import dev.concordat.shop.pricing.v1.GetPricesRequest;
import dev.concordat.shop.pricing.v1.GetPricesResponse;
import dev.concordat.shop.pricing.v1.GetProductRequest;
import dev.concordat.shop.pricing.v1.ListProductsRequest;
import dev.concordat.shop.pricing.v1.ListProductsResponse;
import dev.concordat.shop.pricing.v1.Price;
import dev.concordat.shop.pricing.v1.PricingApi;
import dev.concordat.shop.pricing.v1.Product;
import dev.concordat.shop.store.Refusals;
import java.util.List;

/// Answers for the range and its prices.
final class PriceDesk implements PricingApi {
  private static final int PAGE = 50;

  private final ProductRange range;

  PriceDesk(ProductRange range) {
    this.range = range;
  }

  @Override
  public ListProductsResponse listProducts(ListProductsRequest request) {
    int size = request.getPageSize() == 0 ? PAGE : request.getPageSize();
    List<Product> found = range.page(request.getCategory(), request.getPageToken(), size + 1);
    List<Product> page = found.subList(0, Math.min(size, found.size()));
    boolean more = found.size() > size;
    return ListProductsResponse.newBuilder()
        .addAllProducts(page)
        .setNextPageToken(more ? page.getLast().getProductId() : "")
        .build();
  }

  @Override
  public Product getProduct(GetProductRequest request) {
    return range
        .find(request.getProductId())
        .orElseThrow(() -> Refusals.unknown("product_id", "product", request.getProductId()));
  }

  @Override
  public GetPricesResponse getPrices(GetPricesRequest request) {
    return GetPricesResponse.newBuilder()
        .addAllPrices(
            range.all(request.getProductIdsList()).stream().map(PriceDesk::price).toList())
        .build();
  }

  private static Price price(Product product) {
    return Price.newBuilder()
        .setProductId(product.getProductId())
        .setName(product.getName())
        .setUnitPrice(product.getUnitPrice())
        .build();
  }
}
