-- The check says it already, so no row is read.
ALTER TABLE notes ALTER COLUMN team_id SET NOT NULL;
