-- One key per owner and person, wrapped by a master key. Lives in the database that the services share.
--
-- A person is forgotten by taking the key out of the row. The row stays, without saying whose it was: so that a reader can
-- tell "forgotten" from a key that is missing by mistake.
create table concordat.personal_key (
  id uuid primary key,
  owner text not null,
  person text,
  wrapped bytea,                            -- nonce, then the key encrypted by AES-256-GCM; the id is authenticated too
  master text,                              -- name of the master key
  made_at timestamptz not null default now(),
  forgotten_at timestamptz,
  unique (owner, person),
  check (num_nulls(person, wrapped, master) = case when forgotten_at is null then 0 else 3 end)
);

-- A text that each master key has encrypted: who starts with another key under the same name is refused.
create table concordat.personal_master (
  name text primary key,
  proof bytea not null
);
