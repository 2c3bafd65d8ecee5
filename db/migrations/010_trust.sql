-- A table per collection, printed from its declaration by db/postgres/write-record-tables.ts.

-- up
create table "access_grants" (
  "id" uuid primary key,
  "stamps" text not null,
  "unknown" jsonb,
  "created_at" timestamptz(3),
  "created_by" uuid,
  "created_on" uuid,
  "deleted_at" timestamptz(3),
  "deleted_by" uuid,
  "deleted_reason" text,
  "erased" boolean,
  "patient_id" uuid,
  "clinic_id" uuid,
  "user_id" uuid,
  "reason" text check (char_length("reason") <= 300),
  "from" timestamptz(3),
  "until" timestamptz(3),
  "ended_at" timestamptz(3)
);
create index on "access_grants" (patient_id);
create index on "access_grants" (clinic_id);

create table "views" (
  "id" uuid primary key,
  "stamps" text not null,
  "unknown" jsonb,
  "created_at" timestamptz(3),
  "created_by" uuid,
  "created_on" uuid,
  "deleted_at" timestamptz(3),
  "deleted_by" uuid,
  "deleted_reason" text,
  "erased" boolean,
  "patient_id" uuid,
  "clinic_id" uuid,
  "user_id" uuid,
  "screen" text check (char_length("screen") <= 40),
  "at" timestamptz(3),
  "grant_id" uuid
);
create index on "views" (patient_id);
create index on "views" (clinic_id);

-- What the server looks for every minute, a first sync by clinic, and the order in which the portal lists.
create index access_grants_in_force on access_grants (until) where ended_at is null;
create index access_grants_of_clinic on access_grants (clinic_id, patient_id) where ended_at is null;
create index access_grants_newest on access_grants ("from" desc, id desc);
create index views_newest on views (at desc, id desc);
create index views_of_patient on views (patient_id, at desc, id desc);
create index views_of_user on views (user_id, at desc, id desc);
create index views_of_clinic on views (clinic_id, at desc, id desc);

-- down
drop table "views";
drop table "access_grants";
