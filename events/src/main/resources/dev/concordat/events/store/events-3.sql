-- Several sequencers side by side: into how many shards a tick is told, and as which producer the log knows it (none: the
-- identity's).
alter table concordat.tick add column shards smallint not null default 1;
alter table concordat.tick add column producer uuid;
