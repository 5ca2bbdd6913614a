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
  private static final String TYPE = "bank.v1.Booked";
  private final Failure declined = Failure.of(Code.FAILED_PRECONDITION, "declined");

  @Test
  void whatWasDoneIsAnsweredFromTheRecordThenExecutionBegins() {
    SagaJournal journal = running(step("reserve"), step("charge"));

    assertThat(journal.next(Kind.STEP, "reserve", TYPE))
        .isEqualTo(new Next.Answer(bytes("reserve")));
    assertThat(journal.caughtUp()).isFalse();
    assertThat(journal.next(Kind.STEP, "charge", TYPE)).isEqualTo(new Next.Answer(bytes("charge")));
    assertThat(journal.caughtUp()).isTrue();
    assertThat(journal.next(Kind.TRANSACT, "confirm", TYPE)).isEqualTo(new Next.Execute(2));
    assertThat(journal.next(Kind.STEP, "tell", TYPE)).isEqualTo(new Next.Execute(3));
    assertThat(journal.end()).isEmpty();
  }

  @Test
  void aRecordedFailureIsThrownAgain() {
    SagaJournal journal = running(failed("charge"));

    assertThat(journal.next(Kind.STEP, "charge", TYPE)).isEqualTo(new Next.Fail(declined));
  }

  @Test
  void anotherNameAnotherKindOrAnotherOrderDoesNotFit() {
    assertThat(running(step("a")).next(Kind.STEP, "b", TYPE)).isInstanceOf(Next.Misfit.class);
    assertThat(running(step("a")).next(Kind.TRANSACT, "a", TYPE)).isInstanceOf(Next.Misfit.class);
    SagaJournal swapped = running(step("a"), step("b"));
    assertThat(swapped.next(Kind.STEP, "b", TYPE))
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
    journal.next(Kind.STEP, "a", TYPE);

    assertThat(journal.end()).get().extracting(Next.Misfit::because).asString().contains("\"b\"");
  }

  @Test
  void aNameIsUsedOnce() {
    SagaJournal journal = running();
    journal.next(Kind.STEP, "a", TYPE);

    assertThat(journal.next(Kind.STEP, "a", TYPE)).isInstanceOf(Next.Misfit.class);
    assertThat(journal.undo("a")).isPresent();
  }

  @Test
  void undosRunInReverseWithoutThoseThatAreUndone() {
    SagaJournal journal =
        new SagaJournal(
            List.of(step("x"), step("y")), Set.of("c"), Optional.of(declined), Optional.empty());
    journal.undo("a");
    journal.next(Kind.STEP, "x", TYPE);
    journal.undo("b");
    journal.next(Kind.STEP, "y", TYPE);
    journal.undo("c");

    assertThat(journal.next(Kind.STEP, "z", TYPE)).isEqualTo(new Next.Leave(declined));
    assertThat(journal.end()).isEmpty();
    assertThat(journal.toUndo()).containsExactly("b", "a");
  }

  @Test
  void anUndoThatIsGoneFromTheCodeDoesNotFit() {
    SagaJournal journal =
        new SagaJournal(List.of(), Set.of("gone"), Optional.of(declined), Optional.empty());

    assertThat(journal.end()).get().extracting(Next.Misfit::because).asString().contains("gone");
  }

  @Test
  void anAnswerOfAnotherTypeDoesNotFit() {
    assertThat(running(step("a")).next(Kind.STEP, "a", "bank.v1.Other"))
        .isInstanceOfSatisfying(
            Next.Misfit.class,
            misfit -> assertThat(misfit.because()).contains(TYPE, "bank.v1.Other"));
    Entry before = new Entry(Kind.STEP, "a", "", Optional.of(bytes("a")), Optional.empty());
    assertThat(running(before).next(Kind.STEP, "a", TYPE)).isInstanceOf(Next.Answer.class);
  }

  @Test
  void aStepThatIsAddedBehindWhatWasDoneFits() {
    SagaJournal journal = running(step("a"));
    journal.next(Kind.STEP, "a", TYPE);

    assertThat(journal.next(Kind.STEP, "added", TYPE)).isEqualTo(new Next.Execute(1));
  }

  @Test
  void aStepThatIsAddedBeforeWhatWasDoneOrTakenOutDoesNotFit() {
    assertThat(running(step("a")).next(Kind.STEP, "added", TYPE)).isInstanceOf(Next.Misfit.class);
    assertThat(running(step("gone"), step("a")).next(Kind.STEP, "a", TYPE))
        .isInstanceOf(Next.Misfit.class);
  }

  @Test
  void aSagaThatPassedAChangeOnTheOldWayStaysOnIt() {
    SagaJournal journal = running(step("a"), step("b"));
    journal.next(Kind.STEP, "a", TYPE);

    assertThat(journal.patch("change", true)).isEqualTo(Next.OLD);
    assertThat(journal.next(Kind.STEP, "b", TYPE)).isInstanceOf(Next.Answer.class);
  }

  @Test
  void aSagaThatMayHavePassedAChangeOnTheOldWayStaysOnIt() {
    assertThat(running(step("a")).patch("before", true)).isEqualTo(Next.OLD);
    assertThat(running().patch("change", false)).isEqualTo(Next.OLD);
    assertThat(waiting("paid").patch("change", true)).isEqualTo(Next.OLD);
  }

  @Test
  void aSagaThatComesToAChangeGoesTheNewWayAndStaysOnIt() {
    assertThat(running().patch("change", true)).isEqualTo(new Next.Execute(0));
    SagaJournal again = running(patched("change"), step("b"));

    assertThat(again.patch("change", false)).isEqualTo(new Next.Answer(bytes("1")));
    assertThat(again.next(Kind.STEP, "b", TYPE)).isInstanceOf(Next.Answer.class);
  }

  @Test
  void aChangeThatAllHaveNeedsNoMarkAnyMore() {
    SagaJournal journal = running(patched("change"), step("b"), patched("another"));

    assertThat(journal.next(Kind.STEP, "b", TYPE)).isInstanceOf(Next.Answer.class);
    assertThat(journal.end()).isEmpty();
  }

  @Test
  void aWaitThatIsGoneFromTheCodeDoesNotFit() {
    assertThat(waiting("paid").next(Kind.WAIT, "paid", TYPE)).isEqualTo(new Next.Execute(0));
    assertThat(waiting("paid").next(Kind.WAIT, "other", TYPE)).isInstanceOf(Next.Misfit.class);
    assertThat(waiting("paid").next(Kind.STEP, "a", TYPE))
        .isInstanceOfSatisfying(
            Next.Misfit.class, misfit -> assertThat(misfit.because()).contains("\"paid\""));
    assertThat(waiting("paid").end()).isPresent();
  }

  private static SagaJournal waiting(String name) {
    return new SagaJournal(List.of(), Set.of(), Optional.empty(), Optional.of(name));
  }

  private static Entry patched(String name) {
    return new Entry(Kind.PATCH, name, "", Optional.of(bytes("1")), Optional.empty());
  }

  private static SagaJournal running(Entry... done) {
    return new SagaJournal(List.of(done), Set.of(), Optional.empty(), Optional.empty());
  }

  private static Entry step(String name) {
    return new Entry(Kind.STEP, name, TYPE, Optional.of(bytes(name)), Optional.empty());
  }

  private Entry failed(String name) {
    return new Entry(Kind.STEP, name, TYPE, Optional.empty(), Optional.of(declined));
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
