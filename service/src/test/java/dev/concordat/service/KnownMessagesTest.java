package dev.concordat.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.concordat.events.personal.PersonalData;
import dev.concordat.service.shelf.v1.BookAdded;
import dev.concordat.service.shelf.v1.ShelfApi;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KnownMessagesTest {
  private final KnownMessages messages =
      new KnownMessages(new PersonalData("test", Optional.empty()));

  @Test
  void secretsAreNotShown() {
    messages.add(BookAdded.class);
    ByteString payload =
        BookAdded.newBuilder().setTitle("Emma").setGiver("a friend").build().toByteString();
    assertThat(messages.json("shelf.v1.BookAdded", payload))
        .contains("Emma")
        .doesNotContain("a friend");
  }

  @Test
  void whatCannotBeReadIsSaid() {
    assertThat(messages.json("shelf.v1.BookAdded", ByteString.EMPTY))
        .contains("does not know shelf.v1.BookAdded");
    messages.add(BookAdded.class);
    assertThat(messages.json("shelf.v1.BookAdded", ByteString.copyFromUtf8("\u0001")))
        .contains("1 bytes are no shelf.v1.BookAdded");
  }

  @Test
  void whatAServicePublishesIsKnownAlthoughNobodyReadsIt() {
    messages.add(ShelfApi.CONTRACT);
    assertThat(messages.topics().stream().map(KnownMessages.Known::name))
        .contains("shelf.v1.BookAdded", "shelf.v1.BookLost");
  }
}
