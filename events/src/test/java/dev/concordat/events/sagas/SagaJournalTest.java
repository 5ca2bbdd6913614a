package dev.concordat.events.sagas;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.events.sagas.SagaJournal.Entry;
import dev.concordat.events.sagas.SagaJournal.Kind;
import dev.concordat.events.sagas.SagaJournal.Next;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SagaJournalTest {
  private final Failure declined = Failure.of(Code.FAILED_PRECONDITION, "declined");

  @Test
  void whatWasDoneIsAnsweredFromTheRecordThenExecutionBegins() {
    SagaJournal journal = running(step("reserve"), step("charge"));

    assertThat(journal.next(Kind.STEP, "reserve")).isEqualTo(new Next.Answer(bytes("reserve")));
    assertThat(journal.caughtUp()).isFalse();
    assertThat(journal.next(Kind.STEP, "charge")).isEqualTo(new Next.Answer(bytes("charge")));
    assertThat(journal.caughtUp()).isTrue();
    assertThat(journal.next(Kind.TRANSACT, "confirm")).isEqualTo(new Next.Execute(2));
    assertThat(journal.next(Kind.STEP, "tell")).isEqualTo(new Next.Execute(3));
    assertThat(journal.end()).isEmpty();
  }

  @Test
  void aRecordedFailureIsThrownAgain() {
    SagaJournal journal = running(failed("charge"));

    assertThat(journal.next(Kind.STEP, "charge")).isEqualTo(new Next.Fail(declined));
  }

  @Test
  void anotherNameAnotherKindOrAnotherOrderDoesNotFit() {
    assertThat(running(step("a")).next(Kind.STEP, "b")).isInstanceOf(Next.Misfit.class);
    assertThat(running(step("a")).next(Kind.TRANSACT, "a")).isInstanceOf(Next.Misfit.class);
    SagaJournal swapped = running(step("a"), step("b"));
    assertThat(swapped.next(Kind.STEP, "b"))
        .isInstanceOfSatisfying(
            Next.Misfit.class,
            misfit ->
                assertThat(misfit.because())
                    .contains(
                        "position 0", "STEP \"b\"", "STEP \"a\"", "bring the old order back"));
  }

  @Test
  void codeThatEndsBeforeItsRecordDoesNotFit() {
    SagaJournal journal = running(step("a"), step("b"));
    journal.next(Kind.STEP, "a");

    assertThat(journal.end()).get().extracting(Next.Misfit::because).asString().contains("\"b\"");
  }

  @Test
  void aNameIsUsedOnce() {
    SagaJournal journal = running();
    journal.next(Kind.STEP, "a");

    assertThat(journal.next(Kind.STEP, "a")).isInstanceOf(Next.Misfit.class);
    assertThat(journal.undo("a")).isPresent();
  }

  @Test
  void undosRunInReverseWithoutThoseThatAreUndone() {
    SagaJournal journal =
        new SagaJournal(List.of(step("x"), step("y")), Set.of("c"), Optional.of(declined));
    journal.undo("a");
    journal.next(Kind.STEP, "x");
    journal.undo("b");
    journal.next(Kind.STEP, "y");
    journal.undo("c");

    assertThat(journal.next(Kind.STEP, "z")).isEqualTo(new Next.Leave(declined));
    assertThat(journal.end()).isEmpty();
    assertThat(journal.toUndo()).containsExactly("b", "a");
  }

  @Test
  void anUndoThatIsGoneFromTheCodeDoesNotFit() {
    SagaJournal journal = new SagaJournal(List.of(), Set.of("gone"), Optional.of(declined));

    assertThat(journal.end()).get().extracting(Next.Misfit::because).asString().contains("gone");
  }

  private static SagaJournal running(Entry... done) {
    return new SagaJournal(List.of(done), Set.of(), Optional.empty());
  }

  private static Entry step(String name) {
    return new Entry(Kind.STEP, name, Optional.of(bytes(name)), Optional.empty());
  }

  private Entry failed(String name) {
    return new Entry(Kind.STEP, name, Optional.empty(), Optional.of(declined));
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
