-- What a relay let go leaves its log as well, as a phone's own work leaves its outbox.

-- up
-- Records that are not held here, or were not, of which changes came by this relay. They stay: their texts may be missing.
create table let_go (
  collection text not null,
  record_id uuid not null,
  since timestamptz(3) not null default now(),
  -- The log may still have something of it.
  waits boolean not null default true,
  primary key (collection, record_id)
);
create index let_go_waiting on let_go (since) where waits;
-- Which of them are held is found out when their time is over.
insert into let_go (collection, record_id)
  select distinct collection, record_id from changes where exists (select from replica where not root);

-- down
drop table let_go;
