package dev.concordat.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.contract.PathTemplate.Segment;
import dev.concordat.contract.PathTemplate.Variable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PathTemplateTest {
  @Test
  void readsLiteralsAndVariables() {
    PathTemplate path = PathTemplate.parse("/v1/carts/{cart_id}/items");
    assertThat(path.segments())
        .containsExactly(
            new Segment.Literal("v1"),
            new Segment.Literal("carts"),
            new Segment.Any(),
            new Segment.Literal("items"));
    assertThat(path.variables()).containsExactly(new Variable("cart_id", 2, 3));
    assertThat(path.verb()).isEmpty();
  }

  @Test
  void readsVariablesOfSeveralPartsAndTheVerb() {
    PathTemplate path = PathTemplate.parse("/v1/{order.name=customers/*/orders/**}:cancel");
    assertThat(path.segments())
        .containsExactly(
            new Segment.Literal("v1"),
            new Segment.Literal("customers"),
            new Segment.Any(),
            new Segment.Literal("orders"),
            new Segment.Rest());
    assertThat(path.variables()).containsExactly(new Variable("order.name", 1, 5));
    assertThat(path.verb()).contains("cancel");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          v1            | "v1" at character 1: a path begins with a slash
          /             | "/" at character 2: a name, *, ** or {field} was expected
          /v1//a        | "/v1//a" at character 5: a name, *, ** or {field} was expected
          /v1/a b       | "/v1/a b" at character 6: the end or a slash was expected
          /v1/{a        | "/v1/{a" at character 7: a variable ends with }
          /v1/{}        | "/v1/{}" at character 6: the name of a field after {
          /v1/{a={b}}   | "/v1/{a={b}}" at character 8: a name, *, ** or {field} was expected
          /v1/**/a      | "/v1/**/a" at character 9: nothing may follow **
          /v1/a:        | "/v1/a:" at character 7: a verb after the colon
          /v1/a*        | "/v1/a*" at character 7: * stands alone between slashes
          """)
  void refusesWhatIsNoPath(String text, String message) {
    assertThatThrownBy(() -> PathTemplate.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
