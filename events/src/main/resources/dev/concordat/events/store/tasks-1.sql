-- Tasks that wait for a worker or are with one. A task that is done is deleted, so the table holds only what is still
-- to be done. Lives in the worker's own database.
--
-- state: ready   may be claimed now
--        later   waits for due_at: delayed, or failed and to be tried again
--        behind  waits for an earlier task of the same key; stands in no index that a claim reads
--        leased  with a worker until leased_until
-- token: goes up whenever the task changes hands; whoever writes with an old one is refused.
create table concordat.task (
  id bigint generated always as identity (cache 1) primary key,
  message uuid not null,
  source text not null,
  queue text not null,
  key text,
  unique_value text,
  priority smallint not null,               -- 0 high, 1 normal, 2 low
  state text not null check (state in ('ready', 'later', 'behind', 'leased')),
  due_at timestamptz not null,
  attempt int not null default 0,
  token bigint not null default 0,
  leased_until timestamptz,
  worker uuid,
  attempts text[] not null default '{}',    -- those that failed, each: instant, blank, error
  time timestamptz not null,
  headers text not null,
  payload bytea not null
) with (
  -- room to renew a lease in place, and a vacuum that keeps up with rows that come and go
  fillfactor = 80,
  autovacuum_vacuum_scale_factor = 0.01,
  autovacuum_vacuum_insert_scale_factor = 0.05,
  autovacuum_vacuum_cost_delay = 0
);

-- What a claim reads, in the order in which it claims.
create index task_ready on concordat.task (queue, priority, due_at, id) where state = 'ready';
create index task_later on concordat.task (queue, due_at) where state = 'later';
-- Without leased_until on purpose: a renewal then changes no index.
create index task_leased on concordat.task (queue) where state = 'leased';
create index task_in_order on concordat.task (queue, key, id) where key is not null;
-- Cleared when the task is claimed: it is unique among those that wait.
create unique index task_unique on concordat.task (queue, unique_value) where unique_value is not null;
