-- Few changes erase: the list of them is kept outside the database as well, and must not read the whole log.

-- up
create index changes_erasures on changes (collection, record_id) where kind = 'erase' and result = 'applied';

-- down
drop index changes_erasures;
