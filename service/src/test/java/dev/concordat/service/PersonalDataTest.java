package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.contract.Caller;
import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Source;
import dev.concordat.events.personal.MasterKeys;
import dev.concordat.events.personal.PersonalData;
import dev.concordat.service.club.v1.Address;
import dev.concordat.service.club.v1.ClubOwner;
import dev.concordat.service.club.v1.MemberJoined;
import dev.concordat.service.reader.v1.ReaderOwner;
import dev.concordat.service.v1.ForgetPersonRequest;
import dev.concordat.service.v1.PeopleClient;
import dev.concordat.service.v1.ReadTopicRequest;
import dev.concordat.service.v1.TopicRead;
import dev.concordat.service.v1.TopicsClient;
import dev.concordat.service.v1.WrapKeysRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A service that tells personal data, and others that hear of it.
class PersonalDataTest {
  @TempDir private Path folder = Path.of("");

  private final String shared = TestDatabases.create("shared");
  private final List<Service<?>> started = new ArrayList<>();
  private final BlockingQueue<MemberJoined> heard = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    started.forEach(service -> service.stop(Duration.ofSeconds(5)));
  }

  @Test
  void whoTellsPersonalDataDoesNotStartWithoutAMasterKey() {
    var club = club(Optional.empty());
    assertThatThrownBy(club::start)
        .isInstanceOfSatisfying(
            Failure.class,
            e -> {
              assertThat(e.code()).isEqualTo(Code.FAILED_PRECONDITION);
              assertThat(e.message())
                  .contains("club tells club.v1.MemberJoined", "CONCORDAT_MASTER_KEY_FILE");
            });
    assertThatThrownBy(() -> club(Optional.of(folder.resolve("none"))))
        .hasMessageContaining("cannot be read");
  }

  @Test
  void anotherServiceReadsItWithTheMasterKeyAndTheRestWithout() throws Exception {
    Path keys = LocalMasterKeys.in(folder);
    assertThat(LocalMasterKeys.in(folder)).isEqualTo(keys);
    var club = started(club(Optional.of(keys)));
    var reader = reader("reader", Optional.of(keys));
    tell(club);
    MemberJoined whole = Optional.ofNullable(heard.poll(20, TimeUnit.SECONDS)).orElseThrow();
    assertThat(whole.getName()).isEqualTo("Ada");
    assertThat(whole.getAddress().getTown()).isEqualTo("London");
    reader.stop(Duration.ofSeconds(5));

    var _ = reader("other", Optional.empty());
    MemberJoined rest = Optional.ofNullable(heard.poll(20, TimeUnit.SECONDS)).orElseThrow();
    assertThat(rest.getMemberId()).isEqualTo("m1");
    assertThat(rest.getYear()).isEqualTo(1833);
    assertThat(rest.getName()).isEmpty();
    assertThat(PersonalData.hidden(rest)).isTrue();
  }

  @Test
  void anOperatorForgetsAndTheTailShowsIt() {
    var club = started(club(Optional.of(LocalMasterKeys.in(folder))));
    tell(club);
    try (Visitor visitor = Concordat.visitor("cli", TestDatabases.environment("visitor", shared))) {
      Caller caller = visitor.calls().caller("club");
      assertThat(tail(caller))
          .contains("\"m1\"", "1833", "<encrypted>")
          .doesNotContain("Ada", "London");

      PeopleClient people = new PeopleClient(caller);
      ForgetPersonRequest request = ForgetPersonRequest.newBuilder().setPerson("m1").build();
      var answer = people.forgetPerson(request);
      assertThat(answer.getWasKnown()).isTrue();
      assertThat(answer.getEffectiveWithin().getSeconds()).isEqualTo(30);
      assertThat(people.forgetPerson(request).getWasKnown()).isFalse();

      assertThat(tail(caller))
          .contains("\"m1\"", "1833", "\"name\":\"<forgotten>\"", "\"town\":\"<forgotten>\"");
      assertThat(people.wrapKeys(WrapKeysRequest.getDefaultInstance()).getWrappedKeys()).isZero();
    }
  }

  @Test
  void strangersMayNotForget() {
    var _ = started(club(Optional.of(LocalMasterKeys.in(folder))));
    try (Visitor visitor =
        Concordat.visitor("edge", TestDatabases.environment("visitor", shared))) {
      PeopleClient people = new PeopleClient(visitor.calls().caller("club"));
      assertThatThrownBy(
              () -> people.forgetPerson(ForgetPersonRequest.newBuilder().setPerson("m1").build()))
          .isInstanceOfSatisfying(
              Failure.class, e -> assertThat(e.code()).isEqualTo(Code.PERMISSION_DENIED));
    }
  }

  @Test
  void aFileForEverybodyIsRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("open"), MasterKeys.fresh("k"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThatThrownBy(() -> club(Optional.of(file))).hasMessageContaining("chmod 600");
  }

  private static String tail(Caller caller) {
    ReadTopicRequest request =
        ReadTopicRequest.newBuilder().setTopic("MemberJoined").setLimit(1).setFollow(true).build();
    try (Source<TopicRead> source = new TopicsClient(caller).readTopic(request)) {
      for (TopicRead read : source) {
        if (read.hasMessage()) {
          return read.getMessage().getMessageJson();
        }
      }
    }
    throw new AssertionError("nothing came");
  }

  private static void tell(Service<ClubOwner> club) {
    try (var tx = club.begin()) {
      tx.publish(
          MemberJoined.newBuilder()
              .setMemberId("m1")
              .setName("Ada")
              .setAddress(Address.newBuilder().setTown("London").setFloor(3))
              .setYear(1833)
              .build());
      tx.commit();
    }
  }

  private Service<ClubOwner> club(Optional<Path> keys) {
    var club = Concordat.service(ClubOwner.OWNER, environment("club", keys));
    started.add(club);
    club.subscribe(MemberJoined.class, "own", (event, tx) -> {});
    return club;
  }

  private Service<ReaderOwner> reader(String name, Optional<Path> keys) {
    var reader = Concordat.service(ReaderOwner.OWNER, environment(name, keys));
    started.add(reader);
    reader.subscribe(MemberJoined.class, name, (event, tx) -> heard.add(event));
    return reader.start();
  }

  private static <S extends Service<?>> S started(S service) {
    service.start();
    return service;
  }

  private Environment environment(String name, Optional<Path> keys) {
    Databases databases = new Databases(TestDatabases.create(name), shared);
    return new Environment(
        name, keys.map(databases::withMasterKeys).orElse(databases), folder.resolve(name));
  }
}
