package dev.concordat.events.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.concordat.core.Fanout;
import dev.concordat.events.Postgres;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class SchemaTest {
  @Test
  void manyStartersAtOnceMakeItOnce() {
    try (var pool = Postgres.database("schema")) {
      Database database = new Database(pool);

      Fanout.each(
          Collections.nCopies(8, Schema.EVENTS),
          schema -> {
            schema.create(database);
            return true;
          });

      assertThat(Postgres.number(pool, "select count(*) from concordat.schema_step"))
          .isEqualTo(Schema.EVENTS.steps().size());
      assertThat(Postgres.number(pool, "select count(*) from concordat.outbox_slot")).isEqualTo(1);
    }
  }
}
