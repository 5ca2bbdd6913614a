create table cart (
  cart_id     text primary key,
  state       text not null check (state in ('OPEN', 'ORDERED')),
  revision    int not null,
  -- The order that has it; empty while it is open.
  order_id    text not null default '',
  -- Orders that gave it up: one of them that comes late does not get it any more.
  given_up    text[] not null default '{}',
  created_at  timestamptz not null
);

create table cart_line (
  cart_id     text not null references cart,
  product_id  text not null,
  place       int not null,
  quantity    int not null check (quantity between 1 and 99),
  primary key (cart_id, product_id)
);
