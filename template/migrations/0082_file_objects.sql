CREATE TABLE file_objects (
    id uuid NOT NULL,
    file_id uuid,
    delete_at timestamptz NOT NULL,
    CONSTRAINT file_objects_pkey PRIMARY KEY (id),
    CONSTRAINT file_objects_file_id_fkey FOREIGN KEY (file_id) REFERENCES files (id) ON DELETE SET NULL
);
