ALTER TABLE notes ADD CONSTRAINT notes_team_id_not_null_check CHECK (team_id IS NOT NULL) NOT VALID;
