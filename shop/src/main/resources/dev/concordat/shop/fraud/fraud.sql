-- How the orders of each customer ended, as the orders service told it.
create table outcome (
  order_id     text primary key,
  customer_id  text not null,
  confirmed    boolean not null,
  at           timestamptz not null
);
create index outcome_of_customer on outcome (customer_id, at);
