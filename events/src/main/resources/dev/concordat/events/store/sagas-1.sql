-- Sagas, running and (until they are pruned) finished. Lives in the service's own database.
--
-- state:  running       its code goes forward
--         compensating  it has failed; its undos run
--         completed     ended with an outcome
--         failed        ended with a failure, everything undone
--         stuck         its code does not fit what it did before; a person must look at stuck_because
-- due_at: when somebody must look at it; while a process holds it, the end of its lease.
-- token:  goes up whenever the saga changes hands; whoever records with an old one is refused.
create table concordat.saga (
  number bigint generated always as identity primary key,
  type text not null,
  id text not null,
  state text not null check (state in ('running', 'compensating', 'completed', 'failed', 'stuck')),
  due_at timestamptz not null,
  token bigint not null default 0,
  worker uuid,
  tries int not null default 0,             -- of the undo that is at work
  timeout_at timestamptz not null,
  cancel_because text,
  stuck_because text,
  failure_code smallint,
  failure_message text,
  failure_reason text,
  headers text not null,
  input bytea not null,
  outcome bytea,
  created_at timestamptz not null,
  finished_at timestamptz,
  unique (type, id)
) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02);
create index saga_due on concordat.saga (due_at) where state in ('running', 'compensating');
create index saga_stuck on concordat.saga (number) where state = 'stuck';
create index saga_finished on concordat.saga (type, finished_at) where finished_at is not null;

-- What each saga has done. Insert only; goes with its saga.
create table concordat.saga_step (
  saga bigint not null references concordat.saga on delete cascade,
  position int not null,                    -- steps count from 0 in the order of the code, undos from 1,000,000
  kind text not null check (kind in ('step', 'transact', 'undo')),
  name text not null,
  result bytea,
  failure_code smallint,
  failure_message text,
  failure_reason text,
  at timestamptz not null,
  primary key (saga, position)
);
