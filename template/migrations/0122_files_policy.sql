-- Who sees a note sees its files.
CREATE POLICY files_note ON files USING (EXISTS (SELECT FROM notes WHERE notes.id = note_id));
ALTER TABLE files ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON files TO pg_database_owner;
GRANT SELECT ON file_objects TO pg_database_owner;
