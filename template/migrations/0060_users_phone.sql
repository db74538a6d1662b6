-- Projects that are older than the feature have the column.
ALTER TABLE users ADD COLUMN IF NOT EXISTS phone bytea;
