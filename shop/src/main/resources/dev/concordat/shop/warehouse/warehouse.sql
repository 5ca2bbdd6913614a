create table picking (
  order_id      text primary key,
  state         text not null check (state in ('WAITING', 'PICKED', 'DROPPED', 'PUT_BACK')),
  times_picked  int not null default 0,
  changed_at    timestamptz not null
);

create table pick_line (
  order_id    text not null references picking,
  product_id  text not null,
  quantity    int not null check (quantity > 0),
  primary key (order_id, product_id)
);
