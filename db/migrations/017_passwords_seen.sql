-- Whose password was checked here, on which device, and by which stamp it had been let in. Of sign-ins at a hub its word is
-- all there is.

-- up
create table passwords_seen (
  device_id uuid not null,
  user_id uuid not null,
  enrolment text not null,
  primary key (device_id, user_id)
);

-- down
drop table passwords_seen;
