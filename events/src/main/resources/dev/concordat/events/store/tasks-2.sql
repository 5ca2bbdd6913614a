-- Tasks that thousands of dead ones before them do not slow down, that tell how far they are, and that are asked for by
-- the clock.
--
-- place: where a task stands among those that are ready; given anew whenever it becomes ready, so it only grows and a
--        claim need not begin where everything is claimed already. Taken after the transaction has its number, so that
--        whoever has a lower place than a row that is visible also has a lower number than the transaction that sees it.
create sequence concordat.task_place as bigint cache 1;
alter table concordat.task
  add column place bigint,
  add column expires_at timestamptz,        -- worth doing until then
  add column cancelled text,                -- why, while its worker has not heard of it
  add column progress_done bigint,
  add column progress_total bigint,
  add column progress_note text;
update concordat.task t set place = placed.place
  from (
    select id, nextval('concordat.task_place') as place
    from (select id from concordat.task order by due_at, id) as in_order) as placed
  where t.id = placed.id;
alter table concordat.task
  alter column place set not null,
  alter column place set default
    nextval(case when pg_current_xact_id() is not null then 'concordat.task_place'::regclass end);

drop index concordat.task_ready;
create index task_ready on concordat.task (queue, priority, place) where state = 'ready';
drop index concordat.task_leased;
create index task_leased on concordat.task (queue, leased_until) where state = 'leased';
-- By name, as who asked for it knows it.
create index task_message on concordat.task (message);
create index dead_letter_message on concordat.dead_letter (message) where kind = 'task';

-- Tasks that ended and are remembered: those that were cancelled, and those that were done when the contract says so.
create table concordat.task_ended (
  message uuid primary key,
  queue text not null,
  state text not null check (state in ('done', 'cancelled')),
  note text not null,
  at timestamptz not null default clock_timestamp(),
  until timestamptz not null
);
create index task_ended_until on concordat.task_ended (until);

-- What was begun lately in queues with a rate: insert only, so that counting it does not slow down.
create table concordat.task_begun (
  queue text not null,
  at timestamptz not null default clock_timestamp(),
  tasks int not null
);
create index task_begun_lately on concordat.task_begun (queue, at);

-- What is asked for by the clock. Whoever moves next_at on has asked for it, in the same transaction.
create table concordat.schedule (
  name text primary key,
  queue text not null,
  cron text not null,
  zone text not null,
  next_at timestamptz not null,
  last_at timestamptz,
  last_task uuid
) with (fillfactor = 50);
