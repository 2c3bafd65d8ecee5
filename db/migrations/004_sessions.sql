-- Who is signed in where. Tokens and codes are kept as SHA-256, so whoever reads a backup can use none of them.

-- up
create table sessions (
  id text primary key,
  user_id uuid not null,
  expires_at timestamptz(3) not null,
  created_at timestamptz(3) not null default now(),
  kind text not null default 'portal' check (kind in ('portal', 'api'))
);
create index on sessions (user_id);

create table device_tokens (
  hash bytea primary key,
  device_id uuid not null,
  created_at timestamptz(3) not null default now(),
  last_used_at timestamptz(3) not null default now(),
  revoked_at timestamptz(3)
);
create index on device_tokens (device_id);

-- Everyone who ever signed in on a device may have authored what it sends. Who signed in since its token was given
-- decides what it may hold.
create table device_users (
  device_id uuid not null,
  user_id uuid not null,
  signed_in_at timestamptz(3) not null default now(),
  sign_ins integer not null default 1,
  primary key (device_id, user_id)
);

create table enrolment_codes (
  hash bytea primary key,
  clinic_id uuid not null,
  kind text not null check (kind in ('phone', 'hub')),
  created_by uuid not null,
  created_at timestamptz(3) not null default now(),
  expires_at timestamptz(3) not null,
  used_at timestamptz(3),
  device_id uuid
);

-- Wrong ones only. The name is hashed: people type passwords into the wrong field.
create table sign_in_attempts (
  number bigint generated always as identity primary key,
  name bytea not null,
  address text not null,
  at timestamptz(3) not null default now()
);
create index on sign_in_attempts (name, at);
create index on sign_in_attempts (address, at);

create table founding_links (
  hash bytea primary key,
  expires_at timestamptz(3) not null
);

-- down
drop table founding_links;
drop table sign_in_attempts;
drop table enrolment_codes;
drop table device_users;
drop table device_tokens;
drop table sessions;
