-- Who paused what of a subscription, and who ended that. Without a key: all of it.
create table concordat.pause (
  id bigint generated always as identity primary key,
  subscription int not null,
  key text,
  by text not null,
  reason text not null,
  since timestamptz not null default now(),
  ended_at timestamptz,
  ended_by text
);
create unique index pause_in_force on concordat.pause (subscription, key) nulls not distinct where ended_at is null;

-- Who left out what: a key's parked messages, or a partition's up to a position. Kept as a record.
create table concordat.skip (
  id bigint generated always as identity primary key,
  subscription int not null,
  part int not null,
  key text,
  from_position bigint not null,
  to_position bigint not null,
  buried bigint not null,                   -- how many of them have become dead letters
  by text not null,
  reason text not null,
  at timestamptz not null default now()
);

-- A message given up on that its key waits for: it is not due until somebody sends it back or skips it.
alter table concordat.retry add column given_up boolean not null default false;
