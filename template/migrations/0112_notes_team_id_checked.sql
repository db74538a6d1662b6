ALTER TABLE notes VALIDATE CONSTRAINT notes_team_id_not_null_check;
