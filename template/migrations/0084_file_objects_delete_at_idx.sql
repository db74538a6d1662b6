CREATE INDEX file_objects_delete_at_idx ON file_objects (delete_at) WHERE file_id IS NULL AND avatar_of IS NULL;
