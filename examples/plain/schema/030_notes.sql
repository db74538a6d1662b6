-- A note belongs to one user, who alone can see it.
CREATE TABLE notes (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    -- Counts the edits: an update names the version it was made from, so that nobody overwrites unseen text.
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT notes_pkey PRIMARY KEY (id),
    CONSTRAINT notes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
    CONSTRAINT notes_title_check CHECK (length(title) BETWEEN 1 AND 120),
    CONSTRAINT notes_body_check CHECK (length(body) <= 20000)
);

-- A user's notes, newest first, page by page.
CREATE INDEX notes_user_id_id_idx ON notes (user_id, id DESC);
