-- What the portal finds patients by: folded words of names, numbers and places, one row per living patient. Written by
-- db/postgres/patient-search.ts in the transaction that writes the patient; `format` tells rows of an older folding.

-- up
create table patient_search (
  patient_id uuid primary key,
  format smallint not null,
  text text not null
);
create index patient_search_text on patient_search using gin (text gin_trgm_ops);

-- A code is shown again by what it was made for, never by itself or its hash.
alter table enrolment_codes add column id uuid not null default gen_random_uuid() unique;

-- The dashboard counts what was refused lately.
create index changes_refused on changes (received_at) where result = 'refused';

-- down
drop index changes_refused;
alter table enrolment_codes drop column id;
drop table patient_search;
