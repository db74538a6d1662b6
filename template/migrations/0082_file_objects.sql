CREATE TABLE file_objects (
    id uuid NOT NULL,
    -- The file whose bytes they are.
    file_id uuid,
    -- Which smaller picture of that file it is, such as `small`; empty for the file itself.
    variant text NOT NULL DEFAULT '',
    -- The user whose avatar it is.
    avatar_of uuid,
    -- Of a variant and of an avatar.
    picture_type text,
    picture_size int8,
    delete_at timestamptz NOT NULL,
    CONSTRAINT file_objects_pkey PRIMARY KEY (id),
    CONSTRAINT file_objects_file_id_fkey FOREIGN KEY (file_id) REFERENCES files (id) ON DELETE SET NULL,
    CONSTRAINT file_objects_avatar_of_fkey FOREIGN KEY (avatar_of) REFERENCES users (id) ON DELETE SET NULL
);
