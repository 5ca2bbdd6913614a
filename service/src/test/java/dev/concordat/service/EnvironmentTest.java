package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EnvironmentTest {
  private static final Environment ENVIRONMENT =
      new Environment(
              "orders",
              new Databases("jdbc:own", "jdbc:shared").withMasterKeys(Path.of("/keys")),
              Path.of("/data"))
          .withListen("127.0.0.2", 4711)
          .withNeighbours(
              new Neighbours("consul://127.0.0.1", Map.of("pay-point", "127.0.0.1:99")));

  @Test
  void variablesSayAll() {
    assertThat(Environment.of("orders", ENVIRONMENT.variables())).isEqualTo(ENVIRONMENT);
  }

  @Test
  void onlyTheSharedDatabaseIsRequired() {
    Environment environment =
        Environment.of("edge", Map.of("CONCORDAT_SHARED_DATABASE", "jdbc:shared"));
    assertThat(environment.host()).isEqualTo("127.0.0.1");
    assertThat(environment.port()).isZero();
    assertThat(environment.neighbours().discovery()).isEqualTo("postgres");
    assertThatThrownBy(() -> Environment.of("edge", Map.of()))
        .hasMessageContaining("CONCORDAT_SHARED_DATABASE is not set");
  }

  @Test
  void portIsANumber() {
    Map<String, String> wrong =
        Map.of("CONCORDAT_SHARED_DATABASE", "jdbc:shared", "CONCORDAT_PORT", "http");
    assertThatThrownBy(() -> Environment.of("edge", wrong))
        .hasMessageContaining("CONCORDAT_PORT is a number from 0 to 65535, got \"http\"");
  }

  @Test
  void unknownPartSaysHowToSetIt() {
    assertThat(ENVIRONMENT.address("pay-point")).isEqualTo("127.0.0.1:99");
    assertThatThrownBy(() -> ENVIRONMENT.address("mail"))
        .hasMessageContaining("knows only [pay-point]")
        .hasMessageContaining("CONCORDAT_ADDRESS_MAIL");
  }
}
