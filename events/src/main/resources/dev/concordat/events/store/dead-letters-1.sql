-- What is known of a dead letter beyond the first version, which may go on writing beside this one.

alter table concordat.dead_letter
  add column stack text not null default '',  -- of the last try
  add column discarded_because text,          -- set: it was discarded, not redriven, at that time and by that person
  add column redriven_trace text;             -- the trace in which it is handled again
create index dead_letter_of_key on concordat.dead_letter (key) where redriven_at is null;
create index dead_letter_ended on concordat.dead_letter (redriven_at) where redriven_at is not null;
