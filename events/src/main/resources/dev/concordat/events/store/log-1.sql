-- The log that services share. A topic's messages stand in segments, each a table of its own
-- (log_<topic>_<segment>), so that old ones are dropped, not deleted.

create table concordat.log_topic (
  id int generated always as identity primary key,
  name text not null unique,
  partitions int not null,
  retention_seconds double precision not null
);

create table concordat.log_segment (
  topic int not null,
  segment int not null,
  opened_at timestamptz not null default clock_timestamp(),
  closed_at timestamptz,
  primary key (topic, segment)
);

-- The first position of each partition in a segment: with the time of its opening, the sparse index from time to
-- position. Within a segment, positions are dense and times ascend, so that an instant is found by halving.
create table concordat.log_segment_start (
  topic int not null,
  segment int not null,
  part int not null,
  position bigint not null,
  primary key (topic, segment, part)
);

-- What each producer has appended: insert only, the highest sequence counts; lower ones are folded away.
create table concordat.log_append (
  producer text not null,
  sequence bigint not null,
  at timestamptz not null default clock_timestamp(),
  primary key (producer, sequence)
);
