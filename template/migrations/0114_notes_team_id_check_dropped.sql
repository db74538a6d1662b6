ALTER TABLE notes DROP CONSTRAINT notes_team_id_not_null_check;
