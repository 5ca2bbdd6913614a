-- Somebody has paused it: its times pass, and nothing is asked for.
alter table concordat.schedule add column paused_by text;
alter table concordat.schedule add column paused_because text;
alter table concordat.schedule add column paused_at timestamptz;
