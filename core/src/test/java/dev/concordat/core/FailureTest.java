package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class FailureTest {
  @Test
  void aWrongRequestNamesTheFirstFieldAndHowManyMore() {
    Violation quantity = new Violation("items[0].quantity", "int32.gt", "must be more than 0");
    Violation whole = new Violation("", "", "must not be empty");

    assertThat(Failure.invalid(List.of(quantity)).message())
        .isEqualTo("items[0].quantity: must be more than 0");
    assertThat(Failure.invalid(List.of(whole, quantity)).message())
        .isEqualTo("must not be empty (and 1 more)");
    assertThat(Failure.invalid(List.of()).message()).isEqualTo("the request is not valid");
    assertThat(Failure.invalid(List.of(quantity)).details().violations()).containsExactly(quantity);
  }

  @Test
  void detailsAreAddedOneByOne() {
    Failure.Details details =
        Failure.Details.NONE
            .withReason("CARD_DECLINED")
            .withDecidedBy("handler")
            .withAttempts(2)
            .withRetryAfter(Duration.ofSeconds(1))
            .withSettled(true);
    Failure first = Failure.of(Code.FAILED_PRECONDITION, "declined", new Exception("inner"));

    Failure failure = first.with(details);

    assertThat(failure.details()).isEqualTo(details);
    assertThat(failure).hasCause(first.getCause()).hasMessage("declined");
    assertThat(failure.getStackTrace()).isEqualTo(first.getStackTrace());
    assertThat(first.details()).isEqualTo(Failure.Details.NONE);
  }

  @Test
  void survivesSerialisationWithoutItsDetails() throws Exception {
    Failure failure = Failure.notFound("gone").with(Failure.Details.NONE.withReason("ORDER_GONE"));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(failure);
    }

    Failure read;
    try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      read = (Failure) in.readObject();
    }

    assertThat(read.code()).isEqualTo(Code.NOT_FOUND);
    assertThat(read.details()).isEqualTo(Failure.Details.NONE);
  }

  @Test
  void codesHaveTheNumbersOfGrpc() {
    assertThat(Code.values()).hasSize(16);
    for (Code code : Code.values()) {
      assertThat(Code.of(code.number())).isEqualTo(code);
    }
    assertThat(Code.UNAUTHENTICATED.number()).isEqualTo(16);
    assertThat(List.of(Code.of(0), Code.of(-1), Code.of(17))).containsOnly(Code.UNKNOWN);
  }
}
