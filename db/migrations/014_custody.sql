-- What a hub signs people and phones in by, as part of the records that it is given.

-- up
alter table "credentials" add column "clinic_ids" jsonb;
alter table "devices" add column "token_hash" text check (char_length("token_hash") <= 64);
alter table "devices" add column "signed_in" jsonb;
create index on "devices" (token_hash);
-- Who signed in on a device before now: the server takes it into the records at its next start.

-- down
insert into device_users (device_id, user_id)
  select d.id, s.key::uuid from devices d, jsonb_each_text(d.signed_in) s where s.value::timestamptz = d.enrolled_at
  on conflict do nothing;
alter table "devices" drop column "signed_in";
alter table "devices" drop column "token_hash";
alter table "credentials" drop column "clinic_ids";
