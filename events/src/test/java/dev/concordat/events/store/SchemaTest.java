package dev.concordat.events.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.concordat.core.Code;
import dev.concordat.core.Failure;
import dev.concordat.core.Fanout;
import dev.concordat.events.Events;
import dev.concordat.events.EventsOptions;
import dev.concordat.events.Postgres;
import dev.concordat.events.bank.v1.BankOwner;
import dev.concordat.events.log.NoLog;
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

  @Test
  void aDatabaseOfANewerVersionIsRefusedAndNothingIsTouched() {
    try (var pool = Postgres.database("newer")) {
      Database database = new Database(pool);
      Schema first = new Schema("events", Schema.EVENTS.steps().subList(0, 1));
      first.create(database);
      Postgres.execute(
          pool, "insert into concordat.schema_step (part, step, script) values ('sagas', 99, 'x')");

      assertThatThrownBy(
              () -> Events.open(BankOwner.OWNER, pool, new NoLog(), EventsOptions.DEFAULT))
          .isInstanceOfSatisfying(
              Failure.class,
              failure -> {
                assertThat(failure.code()).isEqualTo(Code.FAILED_PRECONDITION);
                assertThat(failure.message()).contains("newer version").contains("sagas");
              });
      assertThat(Postgres.number(pool, "select count(*) from concordat.schema_step")).isEqualTo(2);
      assertThat(
              Postgres.number(
                  pool,
                  "select count(*) from pg_tables where schemaname = 'concordat'"
                      + " and tablename = 'task'"))
          .as("tables of the other parts")
          .isZero();
    }
  }
}
