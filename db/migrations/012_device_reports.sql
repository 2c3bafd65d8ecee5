-- How phones say that they fare, the last word of each. Telemetry, no record: it is neither sealed nor replicated.

-- up
create table device_reports (
  device_id uuid primary key,
  app_version text not null,
  unsent integer not null,
  refused integer not null,
  storage_bytes bigint not null,
  clock_offset_ms bigint not null,
  reported_at timestamptz(3) not null default now()
);

-- down
drop table device_reports;
