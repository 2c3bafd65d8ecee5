-- Every edit of a record asks whether a conflict about it is open.

-- up
create index conflicts_record on conflicts (record_id);

-- down
drop index conflicts_record;
