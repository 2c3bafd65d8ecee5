-- Search in names folds and ranks by trigrams.

-- up
create extension if not exists pg_trgm;

-- down
drop extension if exists pg_trgm;
