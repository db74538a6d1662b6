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
