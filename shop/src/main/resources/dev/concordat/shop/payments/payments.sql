create table payment (
  order_id     text primary key,
  state        text not null
               check (state in ('PENDING', 'CAPTURED', 'DECLINED', 'RETURNING', 'RETURNED')),
  -- Whether we knew that the money was ours when it was to be given back.
  was_captured boolean not null default false,
  amount_minor bigint not null,
  currency     text not null,
  reason       text not null default '',
  changed_at   timestamptz not null
);
