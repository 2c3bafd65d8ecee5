-- What a relay must not forget between two replies: who left, whose charts to look at again, a feed read once more, and
-- the rows of its root that it could not store, or put others in the place of.

-- up
-- The feed says it once.
create table departures (
  scope text not null,
  patient_id uuid not null,
  stamp text not null,
  primary key (scope, patient_id)
);
-- Whether a patient is with another clinic is known when every scope was read to its end.
create table unchecked_charts (patient_id uuid primary key);

alter table upstream
  add column walk_epoch uuid,
  add column walk_repairs boolean not null default false,
  -- The sums of the root that a reading anew was begun for.
  add column healed text not null default '';
create table walk_brought (
  collection text not null,
  record_id uuid not null,
  primary key (collection, record_id)
);

-- Read, and not stored: a cursor has gone past them.
create table rows_aside (
  collection text not null,
  record_id uuid not null,
  patient_id uuid,
  scopes text[] not null,
  -- PostgreSQL's, or `unknown-collection`.
  code text not null,
  body text not null,
  since timestamptz(3) not null default now(),
  primary key (collection, record_id)
);
-- What stood here until the root's row took its place.
create table rows_replaced (
  number bigint generated always as identity primary key,
  collection text not null,
  record_id uuid not null,
  patient_id uuid,
  body text not null,
  replaced_at timestamptz(3) not null default now()
);
create index rows_replaced_of on rows_replaced (collection, record_id);

-- down
drop table rows_replaced;
drop table rows_aside;
drop table walk_brought;
alter table upstream drop column healed, drop column walk_repairs, drop column walk_epoch;
drop table unchecked_charts;
drop table departures;
