package dev.concordat.shop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// One shop for all test classes that ask for it, started with the first and stopped after the
/// last: so each test takes things of its own, and looks only at those.
final class RunningShop implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType().equals(ShopUnderTest.class);
  }

  @Override
  public ShopUnderTest resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(Namespace.create(RunningShop.class))
        .computeIfAbsent("shop", key -> start(), ShopUnderTest.class);
  }

  private static ShopUnderTest start() {
    try {
      return ShopUnderTest.start(Shop.plan(), Files.createTempDirectory("shop")).meet();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
