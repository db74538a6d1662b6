-- A team's notes, newest first, page by page.
CREATE INDEX notes_team_id_id_idx ON notes (team_id, id DESC);
