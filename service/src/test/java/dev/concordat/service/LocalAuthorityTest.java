package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.calls.identity.PemFiles;
import dev.concordat.calls.identity.Tls;
import dev.concordat.calls.identity.TlsOptions;
import dev.concordat.core.Clock;
import dev.concordat.core.ManualClock;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalAuthorityTest {
  @TempDir private Path data;

  @Test
  void partProvesItsName() {
    try (LocalAuthority authority = authority(Clock.SYSTEM);
        Tls tls = Tls.read(TlsOptions.of(authority.papers("orders")))) {
      assertThat(tls.id().service()).isEqualTo("orders");
      assertThat(tls.trustDomain()).isEqualTo(LocalAuthority.TRUST_DOMAIN);
    }
  }

  @Test
  void onlyTheOwnerCanReadWhatIsSecret() throws IOException {
    try (LocalAuthority authority = authority(Clock.SYSTEM)) {
      authority.papers("orders");
    }
    try (Stream<Path> all = Files.walk(data.resolve("identity"))) {
      for (Path each : all.filter(path -> !path.endsWith("lock")).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(each)))
            .as(each.toString())
            .isEqualTo(Files.isDirectory(each) ? "rwx------" : "rw-------");
      }
    }
  }

  @Test
  void certificateIsReplacedAfterHalfOfItsLife() throws IOException {
    ManualClock clock = new ManualClock(Clock.SYSTEM.now());
    try (LocalAuthority authority = authority(clock)) {
      PemFiles files = authority.papers("orders");
      String first = Files.readString(files.certificate());
      clock.advance(Duration.ofMinutes(29));
      authority.papers("orders");
      assertThat(Files.readString(files.certificate())).isEqualTo(first);
      clock.advance(Duration.ofMinutes(2));
      authority.papers("orders");
      assertThat(Files.readString(files.certificate())).isNotEqualTo(first);
    }
  }

  @Test
  void rootIsReplacedInThreeSteps() throws Exception {
    try (LocalAuthority authority = authority(Clock.SYSTEM)) {
      PemFiles files = authority.papers("orders");
      String before = Files.readString(files.trust());
      authority.rotateRoot(Duration.ofMillis(1));
      assertThat(Files.readString(files.trust())).isNotEqualTo(before).doesNotContain(before);
      try (Tls tls = Tls.read(TlsOptions.of(files))) {
        assertThat(tls.id().service()).isEqualTo("orders");
      }
      assertThat(authority.show())
          .extracting(LocalAuthority.Shown::part)
          .containsExactly("root", "orders");
    }
  }

  @Test
  void identityTravelsThroughEnvironmentVariables() {
    try (LocalAuthority authority = authority(Clock.SYSTEM)) {
      Identity identity =
          authority
              .identity("orders")
              .withUsers(new Identity.Issuer("issuer", URI.create("https://issuer/keys"), "shop"));
      Map<String, String> variables = IdentityVariables.write(identity);
      assertThat(IdentityVariables.read(variables)).isEqualTo(identity);
    }
  }

  @Test
  void halfAnIdentityIsAMistake() {
    for (String one : List.of("CONCORDAT_TLS_KEY", "CONCORDAT_JWT_ISSUER")) {
      assertThatThrownBy(() -> IdentityVariables.read(Map.of(one, "x")))
          .hasMessageContaining("missing");
    }
    assertThat(IdentityVariables.read(Map.of())).isEqualTo(Identity.NONE);
  }

  private LocalAuthority authority(Clock clock) {
    return LocalAuthority.open(data.resolve("identity"), clock);
  }
}
