-- The log that the services share.
create table concordat.log_topic (
  id int generated always as identity primary key,
  name text not null unique,
  partitions int not null,
  retention interval not null
);
