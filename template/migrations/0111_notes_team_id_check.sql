ALTER TABLE notes ADD CONSTRAINT notes_team_id_not_null CHECK (team_id IS NOT NULL) NOT VALID;
