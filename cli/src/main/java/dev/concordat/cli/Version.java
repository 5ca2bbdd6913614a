package dev.concordat.cli;

import java.util.Optional;
import picocli.CommandLine.IVersionProvider;

/// Which Concordat this is, as the jar says.
final class Version implements IVersionProvider {
  static final String TEXT =
      Optional.ofNullable(Version.class.getPackage().getImplementationVersion())
          .orElse("(not packaged)");

  @Override
  public String[] getVersion() {
    return new String[] {"concordat " + TEXT};
  }
}
