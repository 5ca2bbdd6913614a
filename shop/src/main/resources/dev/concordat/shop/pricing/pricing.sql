create table product (
  product_id    text primary key,
  name          text not null,
  description   text not null,
  category      text not null,
  price_minor   bigint not null check (price_minor > 0),
  currency      text not null
);
