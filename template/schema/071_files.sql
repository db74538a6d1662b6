-- Files of users. Their bytes are in the store of `FILES_URL`; see `src/services/files.rs`.
CREATE TABLE files (
    id uuid NOT NULL,
    -- What it is attached to, and goes with: who sees the note sees its files.
    note_id uuid NOT NULL,
    -- As the user calls it.
    name text NOT NULL,
    -- By its content.
    content_type text NOT NULL,
    size int8 NOT NULL,
    sha256 bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT files_pkey PRIMARY KEY (id),
    CONSTRAINT files_note_id_fkey FOREIGN KEY (note_id) REFERENCES notes (id) ON DELETE CASCADE,
    CONSTRAINT files_name_check CHECK (length(name) BETWEEN 1 AND 200),
    CONSTRAINT files_size_check CHECK (size >= 0),
    CONSTRAINT files_sha256_check CHECK (length(sha256) = 32)
);

-- The files of a note.
CREATE INDEX files_note_id_idx ON files (note_id, id);

-- What is in the store: a row is there before the first byte, and goes after the last one. Without a file and a user, because it
-- is not stored whole yet or because they were deleted, it is removed from the store once `delete_at` has passed.
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

-- A file has its bytes in one place, and each of its variants.
CREATE UNIQUE INDEX file_objects_file_id_idx ON file_objects (file_id, variant);

-- For the clean-up.
CREATE INDEX file_objects_delete_at_idx ON file_objects (delete_at) WHERE file_id IS NULL AND avatar_of IS NULL;

-- A user has one avatar.
CREATE UNIQUE INDEX file_objects_avatar_of_idx ON file_objects (avatar_of);
{%- if teams and cockroach == false %}

-- Who sees a note sees its files, see `src/repositories/row_security.rs`.
CREATE POLICY files_note ON files USING (EXISTS (SELECT FROM notes WHERE notes.id = note_id));
ALTER TABLE files ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, DELETE ON files TO pg_database_owner;
GRANT SELECT ON file_objects TO pg_database_owner;
{%- endif %}
