-- Sagas that wait, and what people may do to them.
--
-- waits_name:  the wait or sleep at which the saga's code stands; nobody runs it meanwhile (worker is null)
-- waits_topic: the type of event it waits for; null while it sleeps
-- trouble:     what the last try of an undo failed with
-- ended_by:    who ended it by hand, and why: its undos were given up
alter table concordat.saga
  add column waits_name text,
  add column waits_topic text,
  add column waits_key text,
  add column waits_until timestamptz,
  add column trouble text,
  add column ended_by text,
  add column ended_because text;
create index saga_waits on concordat.saga (waits_topic, waits_key) where waits_topic is not null;
create index saga_open on concordat.saga (created_at) where finished_at is null;

-- result_type: full name of the answer's message; null for what was recorded before this was kept.
-- heard:       the event that ended a wait.
alter table concordat.saga_step
  add column result_type text,
  add column heard bigint,
  drop constraint saga_step_kind_check,
  add constraint saga_step_kind_check check (kind in ('step', 'transact', 'undo', 'wait', 'sleep', 'patch'));

-- Events that sagas may wait for, kept from their arrival until no running saga is older than they are.
create table concordat.saga_event (
  number bigint generated always as identity primary key,
  topic text not null,
  key text not null,
  source text not null,
  time timestamptz not null,                -- when it was told, by the clock of whoever told it
  payload bytea not null,
  at timestamptz not null default clock_timestamp()
) with (autovacuum_vacuum_scale_factor = 0.02);
create index saga_event_by_key on concordat.saga_event (topic, key, number);
create index saga_event_age on concordat.saga_event (at);
