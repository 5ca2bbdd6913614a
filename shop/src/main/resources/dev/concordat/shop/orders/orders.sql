create table customer_order (
  order_id       text primary key,
  customer_id    text not null,
  email          text not null,
  cart_id        text not null,
  status         text not null check (status in ('PENDING', 'CONFIRMED', 'REJECTED', 'CANCELLED')),
  reason         text not null default '',
  -- Why the checkout is coming to nothing, while what it did is being undone.
  failing        text not null default '',
  -- Why the customer wants it cancelled; empty when nobody does.
  cancelling     text not null default '',
  total_minor    bigint not null,
  currency       text not null,
  placed_at      timestamptz not null,
  changed_at     timestamptz not null
);
create index customer_order_history on customer_order (customer_id, placed_at desc, order_id);

create table order_line (
  order_id     text not null references customer_order,
  place        int not null,
  product_id   text not null,
  name         text not null,
  quantity     int not null check (quantity > 0),
  price_minor  bigint not null,
  primary key (order_id, place)
);

-- Every status an order has had; only ever added to.
create table order_change (
  order_id       text not null references customer_order,
  change_number  int not null,
  status         text not null,
  reason         text not null,
  changed_at     timestamptz not null,
  primary key (order_id, change_number)
);
