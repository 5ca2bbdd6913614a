-- Whose a subscription is: another service that shares this database by mistake is told.
alter table concordat.subscription add column service text;
