package dev.concordat.events.personal;

import static dev.concordat.events.personal.MasterKeysTest.line;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.DescriptorProtos.DescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import com.zaxxer.hikari.HikariDataSource;
import dev.concordat.contract.PersonalFields;
import dev.concordat.contract.v1.Sealed;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.ManualClock;
import dev.concordat.events.Dead;
import dev.concordat.events.Postgres;
import dev.concordat.events.bank.v1.Address;
import dev.concordat.events.bank.v1.Household;
import dev.concordat.events.bank.v1.Moved;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PersonalDataTest {
  private static final String OLD = line("old", 1);
  private static final String NEW = line("new", 2);
  private static final Moved ANNA =
      Moved.newBuilder()
          .setAccount("a")
          .setCustomer("c1")
          .setNumber(7)
          .setName("Anna")
          .addStreets("Elm Street 1")
          .addStreets("Oak Street 2")
          .setAddress(Address.newBuilder().setTown("Ulm"))
          .putOthers("home", Address.newBuilder().setTown("Bonn").build())
          .setBorn(1_971)
          .setBroker(99)
          .setBrokerName("Zoe")
          .build();
  private static final Moved REST =
      Moved.newBuilder().setAccount("a").setCustomer("c1").setNumber(7).setBroker(99).build();

  private final HikariDataSource shared = Postgres.database("keys");
  private final ManualClock clock = new ManualClock();
  private final PersonKeys keys = keys(OLD);
  private final PersonalData data = data(keys);

  @AfterEach
  void close() {
    shared.close();
  }

  @Test
  void whatIsWrittenDownHoldsNoPersonalDataAndIsReadAsItWas() throws Exception {
    ByteString sealed = data.seal(ANNA).toByteString();

    assertThat(text(sealed))
        .contains("c1")
        .doesNotContain("Anna", "Elm", "Oak", "Ulm", "Bonn", "home", "Zoe");
    assertThat(read(data, sealed)).isEqualTo(ANNA);
    assertThat(PersonalData.hidden(read(data, sealed))).isFalse();
  }

  @Test
  void personalDataIsFoundAtAnyDepth() throws Exception {
    Household all =
        Household.newBuilder()
            .setAccount("a")
            .setHead(ANNA)
            .addMembers(ANNA.toBuilder().setCustomer("c2"))
            .putGuests("one", ANNA.toBuilder().setCustomer("c3").build())
            .build();
    ByteString sealed = data.seal(all).toByteString();

    assertThat(text(sealed)).contains("c1", "c2", "c3").doesNotContain("Anna", "Elm", "Zoe");
    assertThat(data.open(Household.parseFrom(sealed))).isEqualTo(all);
    assertThat(PersonalData.hidden(Household.parseFrom(sealed))).isTrue();
    assertThat(data.forget("c3")).isTrue();
    Household read = data.open(Household.parseFrom(sealed));
    assertThat(read.getMembers(0).getName()).isEqualTo("Anna");
    assertThat(read.getGuestsOrThrow("one").getName()).isEmpty();
    assertThat(PersonalData.hidden(read)).isTrue();
  }

  @Test
  void aReaderWithoutTheKeysReadsTheRest() throws Exception {
    ByteString sealed = data.seal(ANNA).toByteString();
    PersonalData without = new PersonalData("reader", Optional.empty());
    Moved read = read(without, sealed);

    assertThat(PersonalData.hidden(read)).isTrue();
    assertThat(rest(read)).isEqualTo(REST);
    assertThat(without.hiddenFields(read))
        .containsExactly(
            new PersonalData.Hidden(List.of(4, 5, 6, 7, 8), false),
            new PersonalData.Hidden(List.of(10), false));
  }

  @Test
  void anotherServiceWithTheMasterKeyReadsIt() throws Exception {
    ByteString sealed = data.seal(ANNA).toByteString();

    assertThat(read(new PersonalData("reader", Optional.of(keys(OLD))), sealed)).isEqualTo(ANNA);
  }

  @Test
  void whoIsForgottenIsReadNoMoreAndTheOthersAre() throws Exception {
    Moved ben = ANNA.toBuilder().setCustomer("c2").setName("Ben").build();
    ByteString sealed = data.seal(ANNA).toByteString();
    ByteString other = data.seal(ben).toByteString();
    PersonalData elsewhere = data(keys(OLD));
    assertThat(read(elsewhere, sealed)).isEqualTo(ANNA);

    assertThat(data.forget("c1")).isTrue();
    assertThat(data.forget("c1")).as("twice").isFalse();
    assertThat(data.forget("nobody")).isFalse();
    Moved read = read(data, sealed);
    assertThat(rest(read)).isEqualTo(REST.toBuilder().setBrokerName("Zoe").build());
    assertThat(PersonalData.hidden(read)).isTrue();
    assertThat(data.hiddenFields(read))
        .containsExactly(new PersonalData.Hidden(List.of(4, 5, 6, 7, 8), true));
    assertThat(read(data, other)).isEqualTo(ben);

    clock.advance(PersonKeys.REMEMBERED);
    assertThat(read(elsewhere, sealed).getName()).isEmpty();
  }

  @Test
  void whoComesBackHasANewKeyAndWhatWasForgottenStaysSo() throws Exception {
    ByteString before = data.seal(ANNA).toByteString();
    assertThat(data.forget("c1")).isTrue();
    ByteString after = data.seal(ANNA).toByteString();

    assertThat(read(data, after)).isEqualTo(ANNA);
    assertThat(read(data, before).getName()).isEmpty();
    assertThat(data.forget("c1")).isTrue();
    assertThat(read(data, after).getName()).isEmpty();
  }

  @Test
  void whatAnotherProcessTellsWhileForgettingTakesEffectIsForgottenWithIt() throws Exception {
    PersonalData elsewhere = data(keys(OLD));
    var _ = elsewhere.seal(ANNA);
    assertThat(data.forget("c1")).isTrue();

    ByteString late = elsewhere.seal(ANNA).toByteString();
    assertThat(read(data, late).getName()).isEmpty();
    clock.advance(PersonKeys.REMEMBERED);
    assertThat(read(elsewhere, late).getName()).isEmpty();
    assertThat(read(data, elsewhere.seal(ANNA).toByteString())).isEqualTo(ANNA);
  }

  @Test
  void theTableOfKeysDoesNotSayWhoWasForgotten() {
    var _ = data.seal(ANNA.toBuilder().setCustomer("jane-doe").build());
    assertThat(Postgres.tablesWith(shared, "jane-doe")).containsExactly("concordat.personal_key");
    assertThat(data.forget("jane-doe")).isTrue();

    assertThat(Postgres.tablesWith(shared, "jane-doe")).isEmpty();
    assertThat(
            Postgres.number(
                shared, "select count(*) from concordat.personal_key where wrapped is null"))
        .isEqualTo(1);
  }

  @Test
  void eachOwnerForgetsWhatItTold() throws Exception {
    PersonalData other = new PersonalData("shop", Optional.of(keys));
    ByteString told = other.seal(ANNA).toByteString();
    assertThat(data.forget("c1")).isFalse();
    assertThat(read(data, told)).isEqualTo(ANNA);
  }

  @Test
  void whatWasChangedIsRefused() {
    Moved sealed = (Moved) data.seal(ANNA);
    dead(() -> data.open(sealed.toBuilder().setCustomer("c2").build()), "was changed");
    dead(() -> data.open(changed(sealed, entry -> flip(entry, 0))), "was changed");
    dead(() -> data.open(changed(sealed, entry -> flip(entry, 20))), "was changed");
    dead(
        () -> data.open(changed(sealed, entry -> entry.toBuilder().setText(bytes("x")).build())),
        "was changed");
    dead(
        () -> data.open(changed(sealed, entry -> entry.toBuilder().addFields(9).build())),
        "was changed");
    dead(
        () -> data.open(changed(sealed, entry -> entry.toBuilder().setKey(bytes("x")).build())),
        "cannot be read");
    dead(() -> data.open(withEntry(sealed, bytes("\u0001garbage"))), "cannot be read");
    Household moved =
        Household.newBuilder().setAccount("a").setUnknownFields(sealed.getUnknownFields()).build();
    assertThatThrownBy(() -> data.open(moved)).isInstanceOf(Dead.class);
  }

  /// A nonce that is used twice under one key gives the text of both away.
  @Test
  void theSameToldAgainIsEncryptedOtherwise() throws Exception {
    Set<ByteString> nonces = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      nonces.add(sealedIn((Moved) data.seal(ANNA)).getText().substring(0, 12));
    }
    assertThat(nonces).hasSize(200);
  }

  @Test
  void whatIsCopiedToAnotherTypeOrPersonIsOfNoUseThere() throws Exception {
    Moved sealed = (Moved) data.seal(ANNA.toBuilder().setCustomer("99").build());
    Descriptor twin = type("Twin", 2, 3, 4);
    dead(() -> data.open(DynamicMessage.parseFrom(twin, sealed.toByteString())), "was changed");
    int broker = Moved.getDescriptor().findFieldByName("broker").getNumber();
    dead(
        () -> data.open(changed(sealed, entry -> entry.toBuilder().setPerson(broker).build())),
        "was changed");
  }

  @Test
  void aKeyThatWasNeverThereIsNotTakenForAForgottenOne() {
    Moved sealed = (Moved) data.seal(ANNA);
    Postgres.execute(shared, "delete from concordat.personal_key");
    refused(Code.FAILED_PRECONDITION, () -> data(keys(OLD)).open(sealed), "never in the shared");
  }

  @Test
  void aMasterKeyIsReplacedWithoutAGap() throws Exception {
    ByteString before = data.seal(ANNA).toByteString();
    PersonalData both = data(keys(NEW + OLD));
    assertThat(read(both, before)).isEqualTo(ANNA);
    assertThat(both.rewrap()).isEqualTo(2);
    assertThat(both.rewrap()).isZero();

    assertThat(read(data(keys(NEW)), before)).isEqualTo(ANNA);
    refused(Code.UNAVAILABLE, () -> read(data(keys(OLD)), before), "\"new\" is not at hand");
  }

  @Test
  void anotherKeyUnderAKnownNameIsRefusedAtTheStart() {
    refused(Code.FAILED_PRECONDITION, () -> keys(line("old", 3)), "another one than the key");
    refused(Code.FAILED_PRECONDITION, () -> keys(NEW + line("old", 3)), "another one than the key");
  }

  @Test
  void aWrappedKeyThatWasChangedIsNotUsed() throws Exception {
    ByteString sealed = data.seal(ANNA).toByteString();
    Postgres.execute(
        shared, "update concordat.personal_key set wrapped = set_byte(wrapped, 20, 0)");
    refused(Code.UNAVAILABLE, () -> read(data(keys(OLD)), sealed), "was changed in the database");
  }

  @Test
  void theWrappedKeyOfSomebodyElseIsNotUsed() throws Exception {
    ByteString sealed = data.seal(ANNA).toByteString();
    var _ = data.seal(ANNA.toBuilder().setCustomer("c2").build());
    Postgres.execute(
        shared,
        """
        update concordat.personal_key set wrapped =
          (select wrapped from concordat.personal_key where person = 'c2')
        where person = 'c1'
        """);
    refused(Code.UNAVAILABLE, () -> read(data(keys(OLD)), sealed), "was changed in the database");
  }

  @Test
  void withoutAMasterKeyNothingPersonalIsTold() {
    PersonalData without = new PersonalData("bank", Optional.empty());
    refused(
        Code.FAILED_PRECONDITION,
        () -> without.seal(ANNA),
        "bank.v1.Moved has personal fields, and this service has no master key");
    refused(Code.FAILED_PRECONDITION, () -> without.forget("c1"), PersonalData.VARIABLE);
    assertThat(without.seal(REST)).isEqualTo(REST);
  }

  @Test
  void personalDataOfNobodyIsRefused() {
    Moved nobody = ANNA.toBuilder().clearCustomer().build();
    refused(Code.INVALID_ARGUMENT, () -> data.seal(nobody), "customer is empty");
    Moved endless = ANNA.toBuilder().setCustomer("c".repeat(600)).build();
    refused(Code.INVALID_ARGUMENT, () -> data.seal(endless), "512 characters");
  }

  @Test
  void aContractFromBeforeReadsWhatItKnowsAndWritesNothingOfTheRestDown() throws Exception {
    ByteString sealed = data.seal(ANNA).toByteString();
    Message read = data.open(DynamicMessage.parseFrom(older(2, 3, 4), sealed));
    assertThat(read.toString()).contains("name: \"Anna\"");
    assertThat(text(read.toByteString())).doesNotContain("Elm", "Ulm", "Zoe");

    Message withoutPerson = data.open(DynamicMessage.parseFrom(older(3), sealed));
    assertThat(PersonalData.hidden(withoutPerson)).isTrue();
    assertThat(read(data, withoutPerson.toByteString())).as("carried along").isEqualTo(ANNA);
  }

  /// The contract as it was when it had only these fields, and none was personal.
  private static Descriptor older(Integer... fields) throws DescriptorValidationException {
    return type("Moved", fields);
  }

  private static Descriptor type(String name, Integer... fields)
      throws DescriptorValidationException {
    DescriptorProto.Builder type = DescriptorProto.newBuilder().setName(name);
    List<Integer> known = List.of(fields);
    Moved.getDescriptor().toProto().getFieldList().stream()
        .filter(field -> known.contains(field.getNumber()))
        .forEach(field -> type.addField(field.toBuilder().clearOptions()));
    FileDescriptorProto file =
        FileDescriptorProto.newBuilder()
            .setName("bank/v1/older.proto")
            .setPackage("bank.v1")
            .setSyntax("proto3")
            .addMessageType(type)
            .build();
    return FileDescriptor.buildFrom(file, new FileDescriptor[0]).getMessageTypes().getFirst();
  }

  private static Sealed flip(Sealed entry, int at) {
    byte[] text = entry.getText().toByteArray();
    text[at] ^= 4;
    return entry.toBuilder().setText(ByteString.copyFrom(text)).build();
  }

  private static Moved changed(Moved message, UnaryOperator<Sealed> change)
      throws InvalidProtocolBufferException {
    return withEntry(message, change.apply(sealedIn(message)).toByteString());
  }

  private static Sealed sealedIn(Moved message) throws InvalidProtocolBufferException {
    return Sealed.parseFrom(
        message
            .getUnknownFields()
            .getField(PersonalFields.SEALED)
            .getLengthDelimitedList()
            .getFirst());
  }

  private static Moved withEntry(Moved message, ByteString entry) {
    var field = UnknownFieldSet.Field.newBuilder().addLengthDelimited(entry).build();
    return message.toBuilder()
        .setUnknownFields(
            UnknownFieldSet.newBuilder().addField(PersonalFields.SEALED, field).build())
        .build();
  }

  private static void dead(ThrowingCallable code, String says) {
    assertThatThrownBy(code).isInstanceOf(Dead.class).hasMessageContaining(says);
  }

  private static void refused(Code code, ThrowingCallable what, String says) {
    assertThatThrownBy(what)
        .isInstanceOfSatisfying(
            Failure.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.message()).contains(says);
            });
  }

  private PersonKeys keys(String file) {
    return PersonKeys.open(shared, MasterKeys.parse(file, "test"), clock);
  }

  private static PersonalData data(PersonKeys keys) {
    return new PersonalData("bank", Optional.of(keys));
  }

  private static Moved read(PersonalData data, ByteString sealed)
      throws InvalidProtocolBufferException {
    return data.open(Moved.parseFrom(sealed));
  }

  private static Moved rest(Moved message) {
    return message.toBuilder().setUnknownFields(UnknownFieldSet.getDefaultInstance()).build();
  }

  private static String text(ByteString bytes) {
    return bytes.toString(java.nio.charset.StandardCharsets.ISO_8859_1);
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }
}
