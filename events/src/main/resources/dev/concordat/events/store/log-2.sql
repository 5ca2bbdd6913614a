-- How far subscriptions have come, as they said last: retention waits for them, within a bound. Told now and then, and
-- never less than before; a row of a subscription that is no more may be deleted.
create table concordat.log_reader (
  topic int not null,
  reader text not null,                     -- service/subscription
  part int not null,
  position bigint not null,                 -- everything before is done
  at timestamptz not null default clock_timestamp(),
  primary key (topic, reader, part)
) with (fillfactor = 50);
