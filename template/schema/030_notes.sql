-- Notes. Only its owner can see a note.
CREATE TABLE notes (
    id uuid NOT NULL,
{%- if teams %}
    team_id uuid NOT NULL,
{%- else %}
    user_id uuid NOT NULL,
{%- endif %}
    title text NOT NULL,
    body text NOT NULL,
    -- For optimistic locking: an update succeeds only if it is based on this version.
    version bigint NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT notes_pkey PRIMARY KEY (id),
{%- if teams %}
    CONSTRAINT notes_team_id_fkey FOREIGN KEY (team_id) REFERENCES teams (id) ON DELETE CASCADE,
{%- else %}
    CONSTRAINT notes_user_id_fkey FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE CASCADE,
{%- endif %}
    CONSTRAINT notes_title_check CHECK (length(title) BETWEEN 1 AND 120),
    CONSTRAINT notes_body_check CHECK (length(body) <= 20000)
);
{%- if teams %}

-- A team's notes, newest first, page by page.
CREATE INDEX notes_team_id_id_idx ON notes (team_id, id DESC);
{%- if teams and cockroach == false %}

-- A statement sees and writes only the rows of the team for which it runs, see `src/repositories/row_security.rs`.
CREATE POLICY notes_team ON notes USING (
    CASE (SELECT current_setting('app.team_id', true)) WHEN team_id::text THEN true WHEN 'all' THEN true ELSE false END
);
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO pg_database_owner;
{%- endif %}
{%- else %}

-- A user's notes, newest first, page by page.
CREATE INDEX notes_user_id_id_idx ON notes (user_id, id DESC);
{%- endif %}
