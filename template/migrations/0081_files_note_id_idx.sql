CREATE INDEX files_note_id_idx ON files (note_id, id);
