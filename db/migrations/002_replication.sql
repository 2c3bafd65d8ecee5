-- What a feed replica keeps besides the records: who it is, what it was given, and the order in which others read it.

-- up
create table replica (
  one boolean primary key default true check (one),
  replica_id uuid not null,
  epoch uuid not null,
  root_epoch uuid not null,
  -- No upstream: what is applied here is confirmed.
  root boolean not null,
  recovering boolean not null default false,
  -- Changes made here: the last number and the point of the clock.
  own_seq bigint not null default 0,
  clock_ms bigint not null default 0,
  clock_counter integer not null default 0
);

-- How far the changes of each origin are here without a gap, at the root, and in a backup of the root.
create table origins (
  replica_id uuid primary key,
  received_seq bigint not null default 0,
  received_chain text not null default '',
  confirmed_seq bigint not null default 0,
  confirmed_chain text not null default '',
  backed_up_seq bigint not null default 0
) with (fillfactor = 50);

-- A number stands for a scope where it would be repeated: an id is 41 characters.
create table scopes (
  number integer generated always as identity primary key,
  id text not null unique,
  seq bigint not null default 0,
  pos bigint not null default 0,
  count bigint not null default 0,
  digest bigint not null default 0,
  grants bigint not null default 0
) with (fillfactor = 50);

-- Every change seen, in full, whatever became of it. Append only: an erasure empties body and salt, never the hash.
create table changes (
  id uuid primary key,
  action_id uuid not null,
  origin uuid not null,
  origin_seq bigint not null,
  -- The trail of the clinic where its author acted (org without one), and its gapless place there.
  scope integer not null,
  pos bigint not null,
  collection text not null,
  record_id uuid not null,
  clinic_id uuid,
  author uuid not null,
  kind text not null,
  result text not null check (result in ('applied', 'refused', 'held')),
  -- json, not jsonb: a refused key may hold characters that jsonb refuses.
  refusal json,
  judge uuid not null,
  confirmed boolean not null,
  -- The device that handed it in; null for this replica's own.
  received_from uuid,
  received_at timestamptz(3) not null default now(),
  -- The exact text that was hashed; jsonb would reorder it.
  body text,
  salt uuid,
  hash bytea not null
);
create unique index changes_scope_pos on changes (scope, pos);
-- Not unique: a restored phone numbers again from an earlier point until it notices.
create index changes_origin on changes (origin, origin_seq);
create index changes_record on changes (record_id);

-- A record stands once in each of its scopes, at its newest seq. left_stamp: the membership that took it out.
create table feed (
  scope integer not null,
  seq bigint not null,
  collection text not null,
  record_id uuid not null,
  left_stamp text,
  primary key (scope, seq),
  unique (scope, collection, record_id)
);

-- Signed heads of each scope's log.
create table seals (
  scope integer not null,
  pos bigint not null,
  head bytea not null,
  signature bytea not null,
  sealed_at timestamptz(3) not null default now(),
  primary key (scope, pos)
);

-- down
drop table seals;
drop table feed;
drop table changes;
drop table scopes;
drop table origins;
drop table replica;
