-- What conflicts may be about at a relay, until its root has judged it.

-- up
-- Only which records: the conflicts are worked out of the log when somebody looks. A record may stand here twice.
create table suspects (
  number bigint generated always as identity primary key,
  collection text not null,
  record_id uuid not null
);

-- down
drop table suspects;
