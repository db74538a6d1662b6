CREATE UNIQUE INDEX file_objects_file_id_idx ON file_objects (file_id, variant);
