-- What administrators decided about changes that were refused: made as their own, or dismissed. The server's only.

-- up
create table refused_decisions (
  action_id uuid primary key,
  decision text not null check (decision in ('accepted', 'dismissed')),
  decided_by uuid not null,
  decided_at timestamptz(3) not null default now(),
  reason text not null check (char_length(reason) <= 300),
  -- The action that makes the same edit; null when dismissed, or when all of it stood already.
  accepted_action_id uuid
);
-- Few changes are refused: lists of them must not read the whole log.
create index refused_undecided on changes (received_at, action_id) where result = 'refused' and received_from is not null;
create index refused_actions on changes (action_id) where result = 'refused';
create index conflicts_open on conflicts (created_at, id) where status = 'open';

-- down
drop index conflicts_open;
drop index refused_actions;
drop index refused_undecided;
drop table refused_decisions;
