-- What one service has to tell, has heard, and could not handle. Lives in the service's own database.

-- This database, as the log knows it. Renewed when the log remembers more of us than we do (a restored backup).
create table concordat.identity (
  only_row boolean primary key default true check (only_row),
  producer uuid not null default gen_random_uuid()
);
insert into concordat.identity default values;

-- Outbox: insert only. The id orders (cache 1, so that it follows the locks a transaction waited for), the xid tells
-- the sequencer what has become visible. Three tables, one written to, emptied in turn by TRUNCATE.
create sequence concordat.outbox_id as bigint cache 1;
create table concordat.outbox (
  slot smallint not null,
  id bigint not null default nextval('concordat.outbox_id'),
  xid xid8 not null default pg_current_xact_id(),
  message uuid not null,
  source text not null,
  topic text not null,
  key text not null,
  time timestamptz not null,
  headers text not null,
  payload bytea not null
) partition by list (slot);
create table concordat.outbox_0 partition of concordat.outbox for values in (0) with (autovacuum_enabled = off);
create table concordat.outbox_1 partition of concordat.outbox for values in (1) with (autovacuum_enabled = off);
create table concordat.outbox_2 partition of concordat.outbox for values in (2) with (autovacuum_enabled = off);
create index outbox_xid on concordat.outbox (xid);
create index outbox_in_order on concordat.outbox (id);

-- Which of the three is written to.
create table concordat.outbox_slot (
  only_row boolean primary key default true check (only_row),
  slot smallint not null default 0,
  since timestamptz not null default now(),
  first_id bigint not null default 0
);
insert into concordat.outbox_slot default values;

-- What the sequencer took: rows visible in this snapshot and not in the previous one, with after < id <= upto. Stored
-- before it is appended to the log, so that a repeated tick holds the same rows.
create table concordat.tick (
  tick bigint primary key,
  previous pg_snapshot not null,
  snapshot pg_snapshot not null,
  after_id bigint not null,
  upto_id bigint not null,
  complete boolean not null,
  at timestamptz not null default now()
);

-- Running processes of this service, and which of them holds what. The epoch counts owners: writes are fenced by it.
create table concordat.instance (
  id uuid primary key,
  until timestamptz not null,
  groups text[] not null
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.01);
create table concordat.claim (
  name text not null,
  part int not null,
  owner uuid,
  epoch bigint not null default 0,
  primary key (name, part)
) with (fillfactor = 50);

create table concordat.subscription (
  id int generated always as identity primary key,
  name text not null unique,
  topic text not null,
  created_at timestamptz not null default now()
);

-- How far a subscription has come: insert only, the highest generation counts; old ones are folded away.
create table concordat.cursor (
  subscription int not null,
  part int not null,
  generation bigint not null,
  position bigint not null,
  at timestamptz not null default now(),
  primary key (subscription, part, generation)
);

-- Messages that could not be handled yet and those of the same key behind them. A message that is due is the first of
-- its key; the ones behind have no time.
create table concordat.retry (
  subscription int not null,
  part int not null,
  position bigint not null,
  key text not null,
  due_at timestamptz,
  attempts text[] not null default '{}',
  message uuid not null,
  source text not null,
  topic text not null,
  time timestamptz not null,
  headers text not null,
  payload bytea not null,
  primary key (subscription, part, position)
) with (autovacuum_vacuum_scale_factor = 0.01);
create index retry_by_key on concordat.retry (subscription, part, key, position);
create index retry_due on concordat.retry (subscription, due_at) where due_at is not null;

-- Messages given up on, of subscriptions and queues alike. Redriven ones stay as a record until they are pruned.
create table concordat.dead_letter (
  id bigint generated always as identity primary key,
  kind text not null,                       -- event, task
  name text not null,                       -- subscription or queue
  place text not null,                      -- where it goes back to; only its kind understands it
  message uuid not null,
  source text not null,
  topic text not null,
  key text not null,
  time timestamptz not null,
  headers text not null,
  payload bytea not null,
  reason text not null,
  attempts text[] not null,                 -- each: instant, blank, error
  died_at timestamptz not null default now(),
  redriven_at timestamptz,
  redriven_by text
);
create index dead_letter_open on concordat.dead_letter (kind, name, id) where redriven_at is null;
