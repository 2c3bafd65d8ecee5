-- What a relay needs: what it has not handed on yet, what it has read of its root; and what a restored root was told.

-- up
-- Its outcome became another than the one first given: the root, or the hub that had decided first, said so.
alter table changes add column revised boolean not null default false;
create index changes_revised on changes (origin) where revised;
-- The order in which a relay hands on: nothing before what its author may have seen.
alter table changes add column number bigint generated always as identity;
create index changes_unconfirmed on changes (number) where not confirmed;
-- An action is handed on whole.
create index changes_unconfirmed_action on changes (action_id) where not confirmed;

create table upstream (
  one boolean primary key default true check (one),
  -- Replies applied.
  version bigint not null default 0,
  epoch uuid,
  cursors json not null default '{}',
  scopes text[] not null default '{}',
  grants bigint not null default 0,
  last_contact_at timestamptz(3)
);

-- Rows that a device brought back to a restored root.
create table witnessed (
  collection text not null,
  record_id uuid not null,
  device_id uuid not null,
  heard_at timestamptz(3) not null default now(),
  primary key (collection, record_id, device_id)
);

-- down
drop table witnessed;
drop table upstream;
drop index changes_unconfirmed_action;
drop index changes_unconfirmed;
alter table changes drop column number;
drop index changes_revised;
alter table changes drop column revised;
