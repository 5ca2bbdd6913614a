package dev.concordat.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SourceTest {
  private final Deque<String> messages = new ArrayDeque<>(List.of("a", "b"));
  private int asked;

  @Test
  void isReadToTheEndWithALoop() {
    List<String> read = new ArrayList<>();
    for (String message : source()) {
      read.add(message);
    }

    assertThat(read).containsExactly("a", "b");
  }

  @Test
  void isAskedForTheNextMessageOnlyWhenSomebodyWantsIt() {
    Iterator<String> iterator = source().iterator();
    assertThat(asked).isZero();

    assertThat(iterator.hasNext()).isTrue();
    assertThat(iterator.hasNext()).isTrue();
    assertThat(iterator.next()).isEqualTo("a");

    assertThat(asked).isEqualTo(1);
  }

  @Test
  void isNotAskedAgainAfterItsEnd() {
    Iterator<String> iterator = source().iterator();
    iterator.next();
    iterator.next();

    assertThat(iterator.hasNext()).isFalse();
    assertThat(iterator.hasNext()).isFalse();
    assertThatThrownBy(iterator::next).isInstanceOf(NoSuchElementException.class);
    assertThat(asked).isEqualTo(3);
  }

  private Source<String> source() {
    return new Source<>() {
      @Override
      public Optional<String> next() {
        asked++;
        return Optional.ofNullable(messages.poll());
      }

      @Override
      public void close() {}
    };
  }
}
