-- Made from the topic OrderConfirmed by the subscription of the same name as `projection`.
create table revenue (
  projection   text not null,
  product_id   text not null,
  hour         timestamptz not null,
  currency     text not null,
  sold         bigint not null,
  minor_units  bigint not null,
  primary key (projection, hour, product_id, currency)
);
