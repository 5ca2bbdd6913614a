create table receipt (
  order_id    text primary key,
  state       text not null check (state in ('WAITING', 'SENT')),
  -- The OrderConfirmed event, from which the mail is written.
  confirmed   bytea not null,
  message_id  text not null unique,
  sent_at     timestamptz
);
