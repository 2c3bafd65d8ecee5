-- A table per collection, printed from its declaration by db/postgres/write-record-tables.ts.

-- up
create table "organisation" (
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
  "name" text check (char_length("name") <= 120),
  "languages" jsonb,
  "default_language" text check (char_length("default_language") <= 40),
  "units" jsonb,
  "idle_lock_minutes" integer check ("idle_lock_minutes" between 1 and 120),
  "pin_length" integer check ("pin_length" between 4 and 12),
  "history_days" integer check ("history_days" between 30 and 36500),
  "auto_close_visit_hours" integer check ("auto_close_visit_hours" between 1 and 720)
);

create table "clinics" (
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
  "name" text check (char_length("name") <= 120),
  "code" text check (char_length("code") <= 12),
  "time_zone" text check (char_length("time_zone") <= 64),
  "address" text check (char_length("address") <= 300),
  "phone" text check (char_length("phone") <= 30),
  "country" text check (char_length("country") <= 40),
  "registration_form_id" uuid,
  "diagnosis_favourites" jsonb,
  "archived_at" timestamptz(3)
);

create table "departments" (
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
  "clinic_id" uuid,
  "name" jsonb,
  "code" text check (char_length("code") <= 12),
  "order" integer check ("order" between 0 and 10000),
  "can_dispense" boolean,
  "can_test" boolean,
  "can_image" boolean,
  "archived_at" timestamptz(3)
);
create index on "departments" (clinic_id);

create table "users" (
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
  "name" text check (char_length("name") <= 120),
  "role" text check ("role" in ('super_admin', 'admin', 'provider', 'registrar', 'viewer')),
  "language" text check (char_length("language") <= 40),
  "clinic_id" uuid,
  "qualification" text check (char_length("qualification") <= 40),
  "deactivated_at" timestamptz(3),
  "favourites" jsonb
);
create index on "users" (clinic_id);

create table "credentials" (
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
  "username" text check (char_length("username") <= 64),
  "email" text check (char_length("email") <= 200),
  "password_hash" text check (char_length("password_hash") <= 300),
  "legacy_hash" text check (char_length("legacy_hash") <= 300),
  "must_change" boolean,
  "password_changed_at" timestamptz(3)
);
create unique index on "credentials" (username) where deleted_at is null;

create table "permissions" (
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
  "user_id" uuid,
  "clinic_id" uuid,
  "flags" jsonb
);
create index on "permissions" (clinic_id);
create index on "permissions" (user_id);

create table "forms" (
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
  "kind" text check ("kind" in ('registration', 'event')),
  "name" jsonb,
  "description" jsonb,
  "status" text check ("status" in ('draft', 'published', 'archived')),
  "clinic_ids" jsonb,
  "department_ids" jsonb,
  "current_version_id" uuid,
  "editable" boolean,
  "group" text check (char_length("group") <= 40)
);

create table "form_versions" (
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
  "form_id" uuid,
  "number" integer check ("number" between 1 and 100000),
  "published_at" timestamptz(3),
  "definition" jsonb,
  "engine" integer check ("engine" between 1 and 1000)
);
create index on "form_versions" (form_id);

create table "form_drafts" (
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
  "definition" jsonb,
  "based_on_version_id" uuid
);

create table "medicines" (
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
  "generic_name" text check (char_length("generic_name") <= 200),
  "brand_names" jsonb,
  "form" text check ("form" in ('tablet', 'capsule', 'syrup', 'suspension', 'solution', 'drops', 'powder', 'injection', 'infusion', 'cream', 'ointment', 'gel', 'lotion', 'suppository', 'pessary', 'inhaler', 'spray', 'patch', 'sachet', 'device', 'other')),
  "strength" text check (char_length("strength") <= 60),
  "ingredients" jsonb,
  "atc" text check (char_length("atc") <= 7),
  "route" text check ("route" in ('oral', 'sublingual', 'buccal', 'rectal', 'vaginal', 'topical', 'ocular', 'otic', 'nasal', 'inhaled', 'intramuscular', 'intravenous', 'subcutaneous', 'intradermal', 'intrathecal', 'nasogastric', 'transdermal', 'other')),
  "dose_unit" text check ("dose_unit" in ('mg', 'g', 'ug', 'mL', 'L', '[iU]', 'mmol', 'tablet', 'capsule', 'drop', 'puff', 'sachet', 'application', 'ampoule', 'vial', 'bottle', 'tube', 'patch', 'device')),
  "stock_unit" text check ("stock_unit" in ('mg', 'g', 'ug', 'mL', 'L', '[iU]', 'mmol', 'tablet', 'capsule', 'drop', 'puff', 'sachet', 'application', 'ampoule', 'vial', 'bottle', 'tube', 'patch', 'device')),
  "barcode" text check (char_length("barcode") <= 64),
  "controlled" boolean,
  "cold_chain" boolean,
  "min_stock" integer check ("min_stock" between 0 and 100000000),
  "max_stock" integer check ("max_stock" between 0 and 100000000),
  "sale_price" numeric(12,2) check ("sale_price" between 0 and 1000000000),
  "currency" text check (char_length("currency") <= 40),
  "note" text check (char_length("note") <= 500),
  "archived_at" timestamptz(3)
);

create table "devices" (
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
  "name" text check (char_length("name") <= 120),
  "kind" text check ("kind" in ('phone', 'hub')),
  "clinic_ids" jsonb,
  "enrolled_at" timestamptz(3),
  "enrolled_by" uuid,
  "public_key" text check (char_length("public_key") <= 500),
  "app_version" text check (char_length("app_version") <= 40),
  "last_seen_at" timestamptz(3),
  "unsent_count" integer check ("unsent_count" between 0 and 10000000),
  "storage_bytes" integer check ("storage_bytes" between 0 and 2147483647),
  "clock_offset_ms" integer check ("clock_offset_ms" between -2147483648 and 2147483647),
  "revoked_at" timestamptz(3),
  "lost_at" timestamptz(3)
);

create table "patients" (
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
  "clinic_id" uuid,
  "given_name" text check (char_length("given_name") <= 100),
  "family_name" text check (char_length("family_name") <= 100),
  "other_names" text check (char_length("other_names") <= 200),
  "birth_date" text check ("birth_date" ~ '^\d{4}(-\d{2}(-\d{2})?)?$'),
  "birth_date_estimated" boolean,
  "sex" text check ("sex" in ('female', 'male', 'other', 'unknown')),
  "phone" text check (char_length("phone") <= 30),
  "phone2" text check (char_length("phone2") <= 30),
  "country" text check (char_length("country") <= 40),
  "region" text check (char_length("region") <= 120),
  "village" text check (char_length("village") <= 120),
  "camp" text check (char_length("camp") <= 120),
  "address" text check (char_length("address") <= 300),
  "citizenship" text check (char_length("citizenship") <= 60),
  "government_id" text check (char_length("government_id") <= 100),
  "external_id" text check (char_length("external_id") <= 100),
  "guardian_name" text check (char_length("guardian_name") <= 120),
  "guardian_phone" text check (char_length("guardian_phone") <= 30),
  "guardian_relation" text check (char_length("guardian_relation") <= 40),
  "language" text check (char_length("language") <= 40),
  "photo" uuid,
  "blood_group" text check (char_length("blood_group") <= 40),
  "deceased_on" text check ("deceased_on" ~ '^\d{4}(-\d{2}(-\d{2})?)?$'),
  "deceased_cause" jsonb,
  "home_clinic_id" uuid,
  "attributes" jsonb,
  "registration_version_id" uuid,
  "merged_into_id" uuid,
  "birth_date_from" date generated always as (make_date(substr("birth_date", 1, 4)::integer, coalesce(nullif(substr("birth_date", 6, 2), '')::integer, 1), coalesce(nullif(substr("birth_date", 9, 2), '')::integer, 1))) stored,
  "deceased_on_from" date generated always as (make_date(substr("deceased_on", 1, 4)::integer, coalesce(nullif(substr("deceased_on", 6, 2), '')::integer, 1), coalesce(nullif(substr("deceased_on", 9, 2), '')::integer, 1))) stored
);
create index on "patients" (clinic_id);

create table "patient_clinics" (
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
  "since" text check ("since" ~ '^\d{4}(-\d{2}(-\d{2})?)?$'),
  "left_at" timestamptz(3),
  "since_from" date generated always as (make_date(substr("since", 1, 4)::integer, coalesce(nullif(substr("since", 6, 2), '')::integer, 1), coalesce(nullif(substr("since", 9, 2), '')::integer, 1))) stored
);
create index on "patient_clinics" (patient_id);
create index on "patient_clinics" (clinic_id, patient_id);

create table "patient_links" (
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
  "other_patient_id" uuid,
  "kind" text check ("kind" in ('not-duplicate', 'household', 'mother', 'child'))
);
create index on "patient_links" (patient_id);
create index on "patient_links" (clinic_id);

create table "visits" (
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
  "occurred_at" timestamptz(3),
  "occurred_on" date,
  "kind" text check ("kind" in ('consultation', 'follow-up', 'antenatal', 'postnatal', 'child', 'emergency', 'vaccination', 'pharmacy-only', 'home', 'telephone', 'other')),
  "reason" text check (char_length("reason") <= 300),
  "provider_id" uuid,
  "provider_name" text check (char_length("provider_name") <= 120),
  "department_id" uuid,
  "status" text check ("status" in ('open', 'closed')),
  "closed_at" timestamptz(3),
  "station" uuid,
  "station_state" text check ("station_state" in ('waiting', 'in-progress', 'done')),
  "station_since" timestamptz(3),
  "triage" text check ("triage" in ('red', 'orange', 'yellow', 'green', 'blue')),
  "appointment_id" uuid
);
create index on "visits" (patient_id);
create index on "visits" (clinic_id);

create table "events" (
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
  "visit_id" uuid,
  "form_id" uuid,
  "form_version_id" uuid,
  "occurred_at" timestamptz(3),
  "occurred_on" date,
  "provider_id" uuid,
  "status" text check ("status" in ('in-progress', 'completed')),
  "answers" jsonb,
  "entered" jsonb,
  "missing" jsonb
);
create index on "events" (patient_id);
create index on "events" (clinic_id);

create table "vitals" (
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
  "visit_id" uuid,
  "event_id" uuid,
  "occurred_at" timestamptz(3),
  "occurred_on" date,
  "provider_id" uuid,
  "systolic_mm_hg" integer check ("systolic_mm_hg" between 20 and 350),
  "diastolic_mm_hg" integer check ("diastolic_mm_hg" between 10 and 250),
  "bp_position" text check ("bp_position" in ('sitting', 'standing', 'lying')),
  "pulse_per_min" integer check ("pulse_per_min" between 10 and 350),
  "respiratory_rate_per_min" integer check ("respiratory_rate_per_min" between 3 and 150),
  "temperature_celsius" numeric(4,2) check ("temperature_celsius" between 20 and 46),
  "oxygen_saturation_percent" numeric(4,1) check ("oxygen_saturation_percent" between 20 and 100),
  "on_oxygen" boolean,
  "weight_kg" numeric(6,3) check ("weight_kg" between 0.2 and 500),
  "height_cm" numeric(5,1) check ("height_cm" between 15 and 260),
  "height_method" text check ("height_method" in ('standing', 'lying')),
  "head_circumference_cm" numeric(4,1) check ("head_circumference_cm" between 10 and 80),
  "muac_cm" numeric(4,1) check ("muac_cm" between 4 and 70),
  "waist_cm" numeric(5,1) check ("waist_cm" between 20 and 300),
  "glucose_mmol_l" numeric(5,2) check ("glucose_mmol_l" between 0.2 and 120),
  "glucose_context" text check ("glucose_context" in ('random', 'fasting', 'after-meal')),
  "pain_score" integer check ("pain_score" between 0 and 10),
  "gcs_total" integer check ("gcs_total" between 3 and 15),
  "consciousness" text check ("consciousness" in ('alert', 'confused', 'voice', 'pain', 'unresponsive')),
  "oedema" boolean,
  "entered" jsonb,
  "confirmed" jsonb
);
create index on "vitals" (patient_id);
create index on "vitals" (clinic_id);

create table "appointments" (
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
  "provider_id" uuid,
  "starts_at" timestamptz(3),
  "starts_on" date,
  "duration_minutes" integer check ("duration_minutes" between 1 and 1440),
  "kind" text check ("kind" in ('consultation', 'follow-up', 'antenatal', 'postnatal', 'child', 'emergency', 'vaccination', 'pharmacy-only', 'home', 'telephone', 'other')),
  "reason" text check (char_length("reason") <= 300),
  "note" text check (char_length("note") <= 500),
  "status" text check ("status" in ('booked', 'arrived', 'in-progress', 'fulfilled', 'cancelled', 'no-show')),
  "walk_in" boolean,
  "visit_id" uuid,
  "reminder" text check (char_length("reminder") <= 40),
  "cancel_reason" text check (char_length("cancel_reason") <= 300)
);
create index on "appointments" (patient_id);
create index on "appointments" (clinic_id);

create table "appointment_departments" (
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
  "appointment_id" uuid,
  "department_id" uuid,
  "status" text check ("status" in ('waiting', 'in-progress', 'done', 'skipped')),
  "seen_at" timestamptz(3),
  "seen_by" uuid
);
create index on "appointment_departments" (patient_id);
create index on "appointment_departments" (clinic_id);

create table "stock_movements" (
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
  "clinic_id" uuid,
  "medicine_id" uuid,
  "batch_number" text check (char_length("batch_number") <= 60),
  "expires_on" text check ("expires_on" ~ '^\d{4}(-\d{2}(-\d{2})?)?$'),
  "kind" text check ("kind" in ('receive', 'dispense', 'transfer-out', 'transfer-in', 'count', 'adjust', 'waste', 'expire', 'quarantine', 'release', 'reverse')),
  "quantity" integer check ("quantity" between -100000000 and 100000000),
  "occurred_at" timestamptz(3),
  "actor_id" uuid,
  "dispensing_id" uuid,
  "transfer_id" uuid,
  "counted_quantity" integer check ("counted_quantity" between 0 and 100000000),
  "supplier" text check (char_length("supplier") <= 200),
  "unit_cost" numeric(14,4) check ("unit_cost" between 0 and 1000000000),
  "currency" text check (char_length("currency") <= 40),
  "reason" text check (char_length("reason") <= 300),
  "expires_on_from" date generated always as (make_date(substr("expires_on", 1, 4)::integer, coalesce(nullif(substr("expires_on", 6, 2), '')::integer, 1), coalesce(nullif(substr("expires_on", 9, 2), '')::integer, 1))) stored
);
create index on "stock_movements" (clinic_id);

create table "conflicts" (
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
  "collection" text check (char_length("collection") <= 40),
  "record_id" uuid,
  "key" text check (char_length("key") <= 250),
  "kept" jsonb,
  "lost" jsonb,
  "kind" text check ("kind" in ('parallel-edit', 'edit-and-delete', 'review')),
  "status" text check ("status" in ('open', 'resolved')),
  "resolved_by" uuid,
  "resolution" text check ("resolution" in ('kept', 'lost', 'edited'))
);
create index on "conflicts" (patient_id);
create index on "conflicts" (clinic_id);

-- down
drop table "conflicts";
drop table "stock_movements";
drop table "appointment_departments";
drop table "appointments";
drop table "vitals";
drop table "events";
drop table "visits";
drop table "patient_links";
drop table "patient_clinics";
drop table "patients";
drop table "devices";
drop table "medicines";
drop table "form_drafts";
drop table "form_versions";
drop table "forms";
drop table "permissions";
drop table "credentials";
drop table "users";
drop table "departments";
drop table "clinics";
drop table "organisation";
