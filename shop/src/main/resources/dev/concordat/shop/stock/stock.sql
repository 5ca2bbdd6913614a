-- How many are on the shelf, and how many of those are held for orders.
create table level (
  product_id  text primary key,
  on_hand     bigint not null,
  held        bigint not null,
  check (held >= 0 and held <= on_hand)
);

-- One row per order, also for one that was released before it held anything.
create table reservation (
  order_id    text primary key,
  state       text not null check (state in ('HELD', 'DEDUCTED', 'RELEASED', 'RETURNED')),
  changed_at  timestamptz not null
);

create table reservation_line (
  order_id    text not null references reservation,
  product_id  text not null,
  quantity    int not null check (quantity > 0),
  primary key (order_id, product_id)
);

-- Every change of what is on the shelf; only ever added to.
create table movement (
  movement_id  bigint generated always as identity primary key,
  product_id   text not null,
  change       bigint not null,
  reason       text not null check (reason in ('DELIVERED', 'SOLD', 'CANCELLED')),
  reference    text not null,
  moved_at     timestamptz not null
);

create table delivery (
  delivery_id  text primary key
);
