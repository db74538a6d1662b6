-- A user's notes, newest first, page by page.
CREATE INDEX notes_user_id_id_idx ON notes (user_id, id DESC);
