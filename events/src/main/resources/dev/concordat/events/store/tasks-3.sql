-- Where the living of a queue begin, so that neither counting them nor a process that starts reads past the dead.

-- No ready task has a place at or below these, nor will one ever; no lease ends at or before that time. Insert only, the
-- newest counts: rows that were updated would pile up while some transaction stays open.
create table concordat.task_low_water (
  queue text not null,
  generation bigint not null,
  high bigint not null,
  normal bigint not null,
  low bigint not null,
  leased_until timestamptz not null,
  primary key (queue, generation)
);

-- Counting only: a claim does not read them.
create index task_behind on concordat.task (queue) where state = 'behind';
