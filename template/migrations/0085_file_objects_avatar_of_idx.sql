CREATE UNIQUE INDEX file_objects_avatar_of_idx ON file_objects (avatar_of);
