ALTER TABLE notes ADD COLUMN team_id uuid;
